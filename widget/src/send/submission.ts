/** The request's body: docs/architecture.md, "Wire contract". */
import type { Widget } from "../settings";
import type { Captured } from "../text/index";

export interface Written {
  suggestion: string;
  comment: string;
  email: string;
  website: string;
  /** From opening the dialog to sending. */
  elapsed: number;
}

/** What no server can store: NUL and halves of surrogate pairs. */
const storable = (_key: string, value: unknown): unknown =>
  typeof value === "string" ? value.replace(/[\0\p{Cs}]/gu, "\ufffd") : value;

/** Browsers give `crypto.randomUUID` to secure pages alone; some sites are not. */
export const idempotencyKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

const meta = (selector: string): string =>
  document.querySelector<HTMLMetaElement>(selector)?.content.trim() ?? "";

const short = (text: string, length: number): string => [...text].slice(0, length).join("");

export const submission = (widget: Widget, captured: Captured, written: Written): string => {
  const { settings } = widget;
  const { exact, prefix, suffix, before, after, fragment, language } = captured;
  return JSON.stringify({
    site: settings.site,
    idempotency_key: idempotencyKey(),
    page: {
      url: location.href,
      canonical: document.querySelector<HTMLLinkElement>("link[rel=canonical]")?.href ?? "",
      title: short(document.title, 500),
      language: short(language, 35),
      author: short(settings.author ?? meta("meta[name=author]"), 200),
      section: short(settings.section ?? meta("meta[property='article:section']"), 200),
    },
    selector: { exact, prefix, suffix },
    passage: { before, after },
    fragment: fragment.length > 2000 ? "" : fragment,
    suggestion: written.suggestion === exact ? "" : written.suggestion,
    comment: written.comment,
    email: written.email,
    elapsed_ms: written.elapsed,
    website: written.website,
    widget: widget.version,
  }, storable);
};
