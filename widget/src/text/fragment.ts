/**
 * The text directive that takes an editor to the very words.
 * Source: WICG "URL Fragment Text Directives" (`text=[prefix-,]start[,end][,-suffix]`).
 */
import { normalise } from "./normalise";
import { BLOCK } from "./page";
import { widen } from "./passage";

/** A longer selection is named by its first and last words. In UTF-16 code units. */
const LONGEST_TERM = 120;
/** Words at each end of a range. */
const RANGE_WORDS = 4;
/** Words of context that are tried on each side. */
const MOST_CONTEXT = 16;

/** Stands for the end of a block in folded text; a term never spans one. */
const EDGE = "\u0001";

/** Browsers compare without case and accents: what is the same to them must be the same here. */
const fold = (raw: string): string =>
  normalise(raw.replaceAll(BLOCK, EDGE))
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/ ?(\x01 ?)+/g, EDGE);

const encode = (text: string): string => encodeURIComponent(text).replaceAll("-", "%2D");

/** The first words of a text, or the last ones; a window of characters where no spaces part them. */
const words = (text: string, count: number, last: boolean, language: string): string => {
  const all = text.split(" ");
  if (!/[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\uabff\uf900-\uffef]/.test(text))
    return (last ? all.slice(-count) : all.slice(0, count)).join(" ");
  const size = Math.min(text.length, count * 3);
  const [from, to] = last
    ? widen(text, text.length - size, text.length, language, "word")
    : widen(text, 0, size, language, "word");
  return text.slice(from, to).trim();
};

/** Whether the text that ends at `at` ends with `prefix`, white space and block ends aside. */
const follows = (text: string, at: number, prefix: string): boolean =>
  text.slice(Math.max(0, at - prefix.length - 2), at).replace(/[ \x01]+$/, "").endsWith(prefix);

const precedes = (text: string, at: number, suffix: string): boolean =>
  text.slice(at, at + suffix.length + 2).replace(/^[ \x01]+/, "").startsWith(suffix);

/**
 * A directive whose first match is `[from, to)` of the page's raw text, widened to whole words;
 * empty where no directive within bounds tells it from an earlier place. The bounds lie on text,
 * not on white space.
 */
export const fragment = (raw: string, from: number, to: number, language: string): string => {
  const blockStart = raw.lastIndexOf(BLOCK, from - 1) + 1;
  const blockEnd = (raw + BLOCK).indexOf(BLOCK, to);
  const lastStart = Math.max(blockStart, raw.lastIndexOf(BLOCK, to - 1) + 1);
  const firstEnd = lastStart > from ? raw.indexOf(BLOCK, from) : blockEnd;
  const [start] = widen(
    raw.slice(blockStart, firstEnd), from - blockStart, Math.min(to, firstEnd) - blockStart, language, "word",
  );
  const [, end] = widen(
    raw.slice(lastStart, blockEnd), Math.max(from, lastStart) - lastStart, to - lastStart, language, "word",
  );
  const first = normalise(raw.slice(blockStart + start, Math.min(firstEnd, lastStart + end))).trim();
  const last = normalise(raw.slice(Math.max(lastStart, blockStart + start), lastStart + end)).trim();

  const ahead = fold(raw.slice(0, blockStart + start));
  const text = ahead + fold(raw.slice(blockStart + start));
  const here = ahead.length;
  const done = fold(raw.slice(0, lastStart + end)).length;

  const nearest = (part: string, order: 1 | -1): string =>
    part
      .split(BLOCK)
      .map((block) => normalise(block).trim())
      .filter(Boolean)
      .at(order < 0 ? -1 : 0) ?? "";
  const before = nearest(raw.slice(Math.max(0, blockStart + start - 2000), blockStart + start), -1);
  const after = nearest(raw.slice(lastStart + end, lastStart + end + 2000), 1);

  const ranged = lastStart > from || first.length > LONGEST_TERM;
  const opening = ranged ? words(first, RANGE_WORDS, false, language) : first;
  const closing = ranged ? words(last, RANGE_WORDS, true, language) : "";

  /** Whether the first place that a browser finds with this context is the selection. */
  const isFirst = (prefix: string, suffix: string): boolean => {
    const term = fold(opening);
    let at = text.indexOf(term);
    while (at >= 0 && at < here) {
      if (follows(text, at, prefix) && (ranged || precedes(text, at + term.length, suffix)))
        return false;
      at = text.indexOf(term, at + 1);
    }
    if (at !== here || !follows(text, at, prefix)) return false;
    if (!ranged) return precedes(text, at + term.length, suffix);
    const stop = fold(closing);
    let found = text.indexOf(stop, at + term.length);
    while (found >= 0 && !precedes(text, found + stop.length, suffix))
      found = text.indexOf(stop, found + 1);
    return found + stop.length === done;
  };

  for (let count = 0; count <= MOST_CONTEXT; count = count * 2 || 1)
    for (const sides of count ? [1, 2, 3] : [0]) {
      const prefix = sides & 1 ? words(before, count, true, language) : "";
      const suffix = sides & 2 ? words(after, count, false, language) : "";
      if (isFirst(fold(prefix), fold(suffix)))
        return `text=${prefix && `${encode(prefix)}-,`}${encode(opening)}${
          closing && `,${encode(closing)}`
        }${suffix && `,-${encode(suffix)}`}`;
    }
  return "";
};
