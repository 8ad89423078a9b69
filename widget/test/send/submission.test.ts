import { beforeEach, describe, expect, it } from "vitest";
import { newKey, NOTHING, submission } from "../../src/send/submission";
import { CAPTURED, givenWidget } from "../given";

const made = (changes: object = {}, written: object = {}): Record<string, unknown> =>
  JSON.parse(
    submission("key", { ...CAPTURED, ...changes }, { ...NOTHING, ...written }, 4200.4),
  ) as Record<string, unknown>;

beforeEach(() => {
  document.head.innerHTML = "";
  document.title = "The harbour";
  givenWidget();
});

describe("a submission", () => {
  it("carries what the wire contract asks for", () => {
    expect(made({}, { suggestion: "receive", comment: "i before e" })).toEqual({
      site: "ck_test",
      idempotency_key: "key",
      page: { url: location.href, title: "The harbour", language: "en", author: "", section: "" },
      selector: { exact: "recieve", prefix: "has begun to ", suffix: " letters" },
      passage: { before: "It has begun to ", after: " letters." },
      fragment: "text=recieve",
      suggestion: "receive",
      comment: "i before e",
      email: "",
      elapsed_ms: 4200,
      website: "",
      widget: "built",
    });
  });

  it("has no suggestion where the reader left the text as it was", () => {
    expect(made({}, { suggestion: "recieve" })).toHaveProperty("suggestion", "");
  });

  it("tells what the page declares about itself, the owner's word first", () => {
    document.head.innerHTML = `
      <link rel="canonical" href="/canonical">
      <meta name="author" content="Nora Whitfield">
      <meta property="article:section" content="Coast">`;

    expect(made()).toMatchObject({
      page: { canonical: `${location.origin}/canonical`, author: "Nora Whitfield", section: "Coast" },
    });
    givenWidget({ author: "The desk" });
    expect(made()).toMatchObject({ page: { author: "The desk" } });
  });

  it("keeps to the limits in code points", () => {
    document.title = "🦀".repeat(600);

    const { page } = made() as { page: { title: string } };

    expect([...page.title]).toHaveLength(500);
    expect(made({ fragment: `text=${"a".repeat(2000)}` })).toHaveProperty("fragment", "");
  });

  it("holds nothing that a server cannot store", () => {
    const half = String.fromCharCode(0xd83e);

    expect(made({}, { comment: `nul \0, half ${half}` })).toHaveProperty(
      "comment",
      "nul \ufffd, half \ufffd",
    );
  });
});

it("makes keys of 128 random bits", () => {
  expect(newKey()).toMatch(/^[0-9a-f]{32}$/);
  expect(newKey()).not.toBe(newKey());
});
