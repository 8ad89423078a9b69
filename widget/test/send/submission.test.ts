import { beforeEach, describe, expect, it } from "vitest";
import { newKey, NOTHING, submission } from "../../src/send/submission";
import { CAPTURED, givenWidget } from "../given";

const FOUND = { fragment: "text=recieve", author: "Nora Whitfield", section: "Coast" };

const made = (found: object = {}, written: object = {}): Record<string, unknown> =>
  JSON.parse(
    submission("key", CAPTURED, { ...FOUND, ...found }, { ...NOTHING, ...written }, 4200.4),
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
      page: {
        url: location.href,
        title: "The harbour",
        language: "en",
        author: "Nora Whitfield",
        section: "Coast",
      },
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

  it("says where the selection stands, once that is found out", () => {
    const position = { start: 1234, of: 20000 };

    expect(made({ position })).toMatchObject({ selector: { exact: "recieve", position } });
    expect(made()).not.toHaveProperty("selector.position");
  });

  it("has no suggestion where the reader left the text as it was", () => {
    expect(made({}, { suggestion: "recieve" })).toHaveProperty("suggestion", "");
  });

  it("names the page's canonical address", () => {
    document.head.innerHTML = '<link rel="canonical" href="/canonical">';

    expect(made()).toMatchObject({ page: { canonical: `${location.origin}/canonical` } });
  });

  it("takes the owner's word on author and section before the page's", () => {
    givenWidget({ author: "The desk", section: "Harbour" });

    expect(made()).toMatchObject({ page: { author: "The desk", section: "Harbour" } });
  });

  it("keeps to the limits in code points", () => {
    document.title = "🦀".repeat(600);

    const { page } = made() as { page: { title: string } };

    expect([...page.title]).toHaveLength(500);
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
