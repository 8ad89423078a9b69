import { beforeEach, expect, it } from "vitest";
import { author, section } from "../../src/background/byline";

const head = (...linkedData: unknown[]): void => {
  for (const data of linkedData) {
    const script = document.createElement("script");
    script.type = "application/ld+json";
    script.textContent = typeof data === "string" ? data : JSON.stringify(data);
    document.head.append(script);
  }
};
const person = (name: string): object => ({ "@type": "Person", name });

beforeEach(() => {
  document.head.innerHTML = document.body.innerHTML = "";
});

it("reads metadata", () => {
  document.head.innerHTML = `
    <meta name="Author" content=" Nora Whitfield ">
    <meta property="article:section" content="Coast">`;

  expect([author(), section()]).toEqual(["Nora Whitfield", "Coast"]);
});

it("passes over an address that stands for a person", () => {
  document.head.innerHTML = '<meta property="article:author" content="https://social.example/nora">';
  document.body.innerHTML = '<a rel="author" href="/nora">Nora Whitfield</a>';

  expect(author()).toBe("Nora Whitfield");
});

it("takes the article's JSON-LD before the metadata, which may name the paper", () => {
  document.head.innerHTML = '<meta name="author" content="The Harbour Times">';
  head({ "@type": "NewsArticle", author: person("Nora Whitfield"), articleSection: "Coast" });

  expect([author(), section()]).toEqual(["Nora Whitfield", "Coast"]);
});

it.each([
  ["a name alone", "Nora Whitfield", "Nora Whitfield"],
  ["several", [person("Nora Whitfield"), "Ed Moor"], "Nora Whitfield, Ed Moor"],
  ["names in a list", { "@type": "Person", name: ["Nora Whitfield"] }, "Nora Whitfield"],
  ["a reference", { "@id": "#nora" }, "Nora Whitfield"],
  ["a reference to nothing", { "@id": "#nobody" }, ""],
  ["nothing", null, ""],
])("reads an author that is %s", (_, given, read) => {
  head({
    "@context": "https://schema.org",
    "@graph": [
      { "@type": "WebSite", name: "The Harbour Times" },
      { "@type": ["Article", "BlogPosting"], author: given },
      { "@type": "Person", "@id": "#nora", name: "Nora Whitfield" },
    ],
  });

  expect(author()).toBe(read);
});

it("finds the article in a list, several scripts, and under another thing", () => {
  head([{ "@type": "BreadcrumbList" }], [
    { "@type": "WebPage", mainEntity: { "@type": "NewsArticle", author: person("Nora Whitfield") } },
  ]);

  expect(author()).toBe("Nora Whitfield");
});

it("does not take a reader who commented for the author", () => {
  head({
    "@type": "NewsArticle",
    comment: [{ "@type": "Comment", author: person("A reader") }],
    author: person("Nora Whitfield"),
    articleSection: ["Coast", "Council"],
  });

  expect([author(), section()]).toEqual(["Nora Whitfield", "Coast, Council"]);
});

it("lives with JSON-LD that is broken", () => {
  document.head.innerHTML = '<meta name="author" content="Nora Whitfield">';
  head("{", "null", [null, 7, "text"]);

  expect([author(), section()]).toEqual(["Nora Whitfield", ""]);
});
