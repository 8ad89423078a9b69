/** What a reader selected, as W3C TextQuoteSelector, passage and text directive. */
import { fragment } from "./fragment";
import { normalise } from "./normalise";
import { offsetOf, readPage } from "./page";
import { head, passage, tail, widen } from "./passage";
import { BLOCK } from "./page";

export { normalise } from "./normalise";
export { readPage } from "./page";

/** Code points of prefix and suffix: what they begin with, and the most they grow to. */
const CONTEXT = 32;
const MOST_CONTEXT = 200;

export interface Captured {
  /** W3C TextQuoteSelector: normalised; `prefix + exact + suffix` stands in the page's text. */
  exact: string;
  prefix: string;
  suffix: string;
  /** The sentence is `before + exact + after`. */
  before: string;
  after: string;
  /** Text directive without `#:~:`; empty where none is unique. */
  fragment: string;
  /** BCP 47, the nearest `lang`. */
  language: string;
}

interface Bounds {
  startContainer: Node;
  startOffset: number;
  endContainer: Node;
  endOffset: number;
}

/** The selection's bounds; within open shadow roots where the browser tells them. */
const boundsOf = (selection: Selection, roots: ShadowRoot[]): Bounds | undefined => {
  if (!selection.rangeCount) return undefined;
  if (roots.length) {
    if ("getComposedRanges" in selection)
      return selection.getComposedRanges({ shadowRoots: roots })[0];
    for (const root of roots) {
      // Chromium's own way, before it had the standard one.
      const inner = (root as { getSelection?: () => Selection | null }).getSelection?.();
      if (inner?.rangeCount && !inner.isCollapsed) return inner.getRangeAt(0);
    }
  }
  return selection.getRangeAt(0);
};

/** The nearest `lang` of a node, through shadow roots; the document's where there is none. */
export const languageOf = (node: Node): string => {
  for (let at: Node | null = node; at; at = at.parentNode ?? (at as ShadowRoot).host ?? null) {
    const found = (at as Element).getAttribute?.("lang");
    if (found) return found;
  }
  return "";
};

/** Surroundings that make the quote unique in the page's text, or the longest that are allowed. */
const surroundings = (before: string, exact: string, after: string): [string, string] => {
  const text = before + exact + after;
  for (let count = CONTEXT; ; count = Math.min(MOST_CONTEXT, count * 2)) {
    const prefix = tail(before, count);
    const suffix = head(after, count);
    const quote = prefix + exact + suffix;
    const unique = !text.includes(quote, text.indexOf(quote) + 1);
    if (unique || count === MOST_CONTEXT) return [prefix, suffix];
  }
};

/**
 * Capture a selection (or a range, for tests) of a document. Null where it holds no visible text.
 * Nothing is cut: whoever calls decides whether `exact` is too long or too short.
 */
export const capture = (
  selected: Selection | Bounds,
  root: Element = document.body,
): Captured | null => {
  const page = readPage(root);
  const bounds = "rangeCount" in selected ? boundsOf(selected, page.roots) : selected;
  if (!bounds) return null;
  const { raw } = page;
  const language = languageOf(bounds.startContainer);
  const [from, to] = trim(
    raw,
    offsetOf(page, bounds.startContainer, bounds.startOffset),
    offsetOf(page, bounds.endContainer, bounds.endOffset),
  );
  if (from >= to) return null;

  const exact = normalise(raw.slice(from, to));
  const before = normalise(raw.slice(0, from));
  const after = normalise(raw.slice(to));
  const [prefix, suffix] = surroundings(before, exact, after);
  const [ahead, behind] = passage(
    normalise(raw.slice(raw.lastIndexOf(BLOCK, from - 1) + 1, from)),
    exact,
    normalise(raw.slice(to, (raw + BLOCK).indexOf(BLOCK, to))),
    language,
  );
  return {
    exact,
    prefix,
    suffix,
    before: ahead,
    after: behind,
    fragment: directive(root, bounds, raw, from, to, language),
    language,
  };
};

/** Without white space and invisible signs at the ends; no character cut in half (UAX #29). */
const trim = (raw: string, start: number, end: number): [number, number] => {
  const blank = (at: number): boolean => !normalise(raw.charAt(at)).trim();
  let [from, to] = start < end ? [start, end] : [end, start];
  while (from < to && blank(from)) from++;
  while (from < to && blank(to - 1)) to--;
  if (from === to) return [from, to];
  // A window is enough: no character is longer, and segmenting a whole page is slow.
  const low = Math.max(0, from - 64);
  [from] = widen(raw.slice(low, from + 64), from - low, from - low + 1, "", "grapheme").map(
    (at) => at + low,
  ) as [number, number];
  const near = Math.max(0, to - 64);
  const [, stop] = widen(raw.slice(near, to + 64), to - near - 1, to - near, "", "grapheme");
  return [from, near + stop];
};

/** Browsers also find text that is hidden from assistive technology alone. */
const directive = (
  root: Element,
  bounds: Bounds,
  raw: string,
  from: number,
  to: number,
  language: string,
): string => {
  if (!root.querySelector("[aria-hidden=true]")) return fragment(raw, from, to, language);
  const page = readPage(root, true);
  const [start, end] = trim(
    page.raw,
    offsetOf(page, bounds.startContainer, bounds.startOffset),
    offsetOf(page, bounds.endContainer, bounds.endOffset),
  );
  return fragment(page.raw, start, end, language);
};
