/** The request's body: docs/architecture.md, "Wire contract". */
import type { Background } from "../background/index";
import { widget } from "../settings";
import type { Captured } from "../text/index";

/** What the reader wrote in the dialog. */
export interface Written {
  suggestion: string;
  comment: string;
  email: string;
  website: string;
}

export const NOTHING: Written = { suggestion: "", comment: "", email: "", website: "" };

/** What no server can store: NUL and halves of surrogate pairs. */
const storable = (_key: string, value: unknown): unknown =>
  typeof value === "string" ? value.replace(/[\0\p{Cs}]/gu, "\ufffd") : value;

/** Browsers give `crypto.randomUUID` to secure pages alone; some sites are not. */
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

const short = (text = "", length: number): string => [...text].slice(0, length).join("");

/** The page's address; a frame whose document was written into it (`srcdoc`) has its parent's. */
const address = (): string => (location.host ? location : parent.location).href;

/** `elapsed`: milliseconds from opening the dialog to sending. */
export const submission = (
  key: string,
  { exact, prefix, suffix, before, after, language }: Captured,
  found: Partial<Background>,
  { suggestion, comment, email, website }: Written,
  elapsed: number,
): string => {
  const { site, author, section } = { ...found, ...widget.settings };
  return JSON.stringify(
    {
      site,
      idempotency_key: key,
      page: {
        url: address(),
        canonical: document.querySelector<HTMLLinkElement>("link[rel=canonical]")?.href,
        title: short(document.title, 500),
        language: short(language, 35),
        author: short(author, 200),
        section: short(section, 200),
      },
      selector: { exact, prefix, suffix, position: found.position },
      passage: { before, after },
      fragment: found.fragment,
      suggestion: suggestion === exact ? "" : suggestion,
      comment,
      email,
      elapsed_ms: Math.round(elapsed),
      website,
      widget: widget.version,
    },
    storable,
  );
};
