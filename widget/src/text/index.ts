/** What a reader selected, as W3C TextQuoteSelector, passage and text directive. */
import { fragment } from "./fragment";
import { normalise } from "./normalise";
import { BLOCK, OWN, readPage } from "./page";
import { LONGEST, passage } from "./passage";
import { clip, widen } from "./segment";

export { normalise } from "./normalise";
export { readPage } from "./page";

/** Code points of prefix and suffix: what they begin with, and the most they grow to. */
const CONTEXT = 32;
const MOST_CONTEXT = 500;

export interface Captured {
  /**
   * W3C TextQuoteSelector: normalised; `prefix + exact + suffix` stands in the page's text.
   * `exact` is never cut: compare its code points with the limit.
   */
  exact: string;
  prefix: string;
  suffix: string;
  /** The sentence is `before + exact + after`. */
  before: string;
  after: string;
  /** Text directive without `#:~:`; empty where none finds the place. */
  fragment: string;
  /** BCP 47, the nearest `lang`; empty where there is none. */
  language: string;
}

const shadowRootsIn = (root: ParentNode): ShadowRoot[] =>
  [...root.querySelectorAll("*")].flatMap(({ shadowRoot }) =>
    shadowRoot ? [shadowRoot, ...shadowRootsIn(shadowRoot)] : [],
  );

/** The selection's bounds; within open shadow roots where the browser tells them. */
const boundsOf = (selection: Selection): AbstractRange | undefined => {
  const shadowRoots = shadowRootsIn(document);
  if (shadowRoots.length)
    try {
      const [composed] = selection.getComposedRanges({ shadowRoots });
      if (composed) return composed;
    } catch {
      // Older browsers tell nothing of what lies within.
    }
  return selection.rangeCount ? selection.getRangeAt(0) : undefined;
};

/** Without white space and invisible signs at the ends; no character cut in half. */
const trim = (text: string, from: number, to: number): [number, number] => {
  const blank = (at: number): boolean => !normalise(text.charAt(at)).trim();
  while (from < to && blank(from)) from++;
  while (from < to && blank(to - 1)) to--;
  return from < to ? widen(text, from, to, "grapheme") : [from, to];
};

/** Surroundings that make the quote unique in the page's text, or the longest that are allowed. */
const surroundings = (before: string, exact: string, after: string): [string, string] => {
  const text = before + exact + after;
  for (let count = CONTEXT; ; count = Math.min(MOST_CONTEXT, count * 2)) {
    const prefix = clip(before, count, true);
    const suffix = clip(after, count, false);
    const quote = prefix + exact + suffix;
    if (count === MOST_CONTEXT || text.indexOf(quote) === text.lastIndexOf(quote))
      return [prefix, suffix];
  }
};

/**
 * Capture a selection. Null where it holds no visible text. Where `exact` is longer than `max`
 * code points, it comes alone: nobody reports it, and context for a whole page takes long.
 */
export const capture = (
  selected: Selection | AbstractRange,
  { max = LONGEST }: { max?: number } = {},
): Captured | null => {
  const bounds = "rangeCount" in selected ? boundsOf(selected) : selected;
  if (!bounds) return null;
  // Pages hide from assistive technology what readers do see: better that than nothing.
  for (const unseen of [undefined, OWN]) {
    const { read, searched, at, language } = readPage(document.body, bounds, unseen);
    const [from, to] = trim(read, Math.min(...at), Math.min(read.length, Math.max(...at)));
    if (from === to) continue;
    const exact = normalise(read.slice(from, to));
    const around = { prefix: "", suffix: "", before: "", after: "", fragment: "" };
    if ([...exact].length <= max) {
      [around.prefix, around.suffix] = surroundings(
        normalise(read.slice(0, from)).trimStart(),
        exact,
        normalise(read.slice(to)).trimEnd(),
      );
      [around.before, around.after] = passage(
        normalise(read.slice(read.lastIndexOf(BLOCK, from - 1) + 1, from)),
        exact,
        normalise(read.slice(to, (read + BLOCK).indexOf(BLOCK, to))),
        language,
      );
      around.fragment = fragment(searched, from, to, bounds);
    }
    return { exact, language, ...around };
  }
  return null;
};
