/**
 * The text directive that takes an editor to the very words.
 * Source: WICG "URL Fragment Text Directives" (`text=[prefix-,]start[,end][,-suffix]`), and what
 * Chromium makes of it (`text_fragment_finder.cc`, `text_searcher_icu.cc`).
 */
import { normalise } from "./normalise";
import { EDGE } from "./page";
import { segments, widen } from "./segment";

/** The longest directive that a server takes, in UTF-16 code units. */
const LONGEST = 2000;
/** A selection of more words is named by its first and its last ones. */
const MOST_WORDS = 12;
const RANGE_WORDS = 4;
/** The most words of context on each side. */
const MOST_CONTEXT = 64;
/** Stands for what Chromium does not search, nor steps over. */
const BARRIER = "\ufffc";
/** What is looked at for context, in UTF-16 code units. */
const NEAR = 2000;

/** Letters that are one to browsers, beyond what Unicode decomposes. */
const SAME: Record<string, string> = {
  Æ: "AE", Œ: "OE", Ø: "O", Ł: "L", Đ: "D", Ð: "D", Ħ: "H", ى: "ي", ة: "ه",
};

/**
 * Browsers compare without case, accents and invisible signs, and take curly quotes for straight
 * ones. What is the same in some language (ø and o) counts as the same: that only means more
 * context than is needed.
 */
const fold = (searched: string): string =>
  normalise(searched)
    .normalize("NFKD")
    .replace(/[\p{M}\p{Cf}]/gu, "")
    .toUpperCase()
    .replace(/[ÆŒØŁĐÐĦىة]/g, (letter) => SAME[letter] ?? letter)
    .replace(/["“”„‟״‘’‚‛׳]/g, "'")
    .replace(/[ァ-ヶ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
    .replace(/ ?(\x01 ?)+/g, EDGE);

/** The first `count` words of a piece of text, or the last. */
const words = (piece: string, count: number, last: boolean): string => {
  const starts = [...(segments(piece, "word") ?? [])]
    .filter((segment) => segment.isWordLike)
    .map((segment) => segment.index);
  return (last ? piece.slice(starts.at(-count)) : piece.slice(0, starts[count])).trim();
};

/** The parts of a text that a term may lie in, and barriers. */
const pieces = (searched: string): string[] =>
  searched.split(/\x01|(\ufffc)/).filter((piece) => piece && fold(piece).trim());

const encode = (term: string): string =>
  encodeURIComponent(normalise(term).trim()).replaceAll("-", "%2D");

type Terms = [prefix: string, start: string, end: string, suffix: string];

/**
 * Where terms stand in a folded text: the bounds of the first match from an offset on, undefined
 * where there is none. Words are not told from parts of words: what is unique among all is unique.
 */
const find = (text: string, terms: Terms, from: number): [number, number] | undefined => {
  const [prefix, start, end, suffix] = terms.map((term) => fold(term).trim()) as Terms;
  const skip = (at: number): number => {
    while (/[ \x01]/.test(text.charAt(at))) at++;
    return at;
  };
  const first = prefix || start;
  let missed = "";
  for (let at = from; (at = text.indexOf(first, at)) >= 0; at++) {
    const begin = skip(at + prefix.length);
    if (text.startsWith(start, begin)) {
      let stop = begin + start.length;
      do {
        if (end) {
          const last = text.indexOf(end, stop);
          if (last < 0) return undefined;
          stop = last + end.length;
        }
        if (text.startsWith(suffix, skip(stop))) {
          // Chromium goes on one character after the first word of what it tried in vain.
          const word = segments(missed, "word")?.containing(0)?.segment.length ?? -1;
          return at - text.lastIndexOf(first, at - 1) <= word ? undefined : [begin, stop];
        }
      } while (end);
    }
    missed = first;
  }
  return undefined;
};

/** What fields of the page hold: browsers find it, and it is never put into a directive. */
const textInFields = (): string =>
  [...document.querySelectorAll<HTMLInputElement>("input,textarea")]
    .map(({ value, placeholder }) => (value || placeholder) + EDGE)
    .join("");

/** The text without drop caps that a style sheet floats (`::first-letter`). */
const withoutInitials = (searched: string): string => {
  for (const paragraph of document.querySelectorAll("p")) {
    if (!/left|right/.test(getComputedStyle(paragraph, "::first-letter").float)) continue;
    const [, start = "", initial = ""] =
      /^\s*((\p{P}*\S\p{P}*)[^]{0,40})/u.exec(paragraph.textContent) ?? [];
    const at = initial ? searched.indexOf(start) : -1;
    if (at >= 0)
      searched =
        searched.slice(0, at) +
        BARRIER.repeat(initial.length) +
        searched.slice(at + initial.length);
  }
  return searched;
};

/**
 * The bounds of the words that a search sees in `[from, to)`: what readers see as two, such as items
 * of a list in a line, may be one to it.
 */
const wholeWords = (searched: string, from: number, to: number): [number, number] => {
  const blank = (at: number): boolean => /[\s\x01\ufffc]/.test(searched.charAt(at));
  [from, to] = widen(searched, from, to, "word");
  while (from < to && blank(from)) from++;
  while (from < to && blank(to - 1)) to--;
  return [from, to];
};

/**
 * A directive that finds the words of `within` (offsets) in the searched text, and nothing else; only
 * as the first of several places where context within bounds cannot tell them apart; empty where
 * that fails too. The bounds are for who stands in its place: see ../background/ask.ts.
 */
export const fragment = (
  searched: string,
  ...[begins, ends]: [from: number, to: number, bounds?: AbstractRange]
): string => {
  const found = withoutInitials(searched);
  const [from, to] = wholeWords(found, begins, ends);
  if (from === to) return "";
  // White space that does not collapse is not one space to a browser's search.
  const page = found.replace(/\s{2,}|\u2028/g, (run) =>
    /[^\t\n\f\r ]/.test(run) ? EDGE.repeat(run.length) : run,
  );
  const selected = pieces(page.slice(from, to));
  const [whole = ""] = selected;
  const ranged = selected.length > 1 || words(whole, MOST_WORDS, false) !== whole.trim();
  const start = ranged ? words(whole, RANGE_WORDS, false) : whole;
  const end = ranged ? words(selected.at(-1) ?? "", RANGE_WORDS, true) : "";
  // A search steps over white space to what comes next, and over no invisible sign or barrier.
  const before = pieces(page.slice(Math.max(0, from - NEAR), from)).at(-1) ?? "";
  const after = pieces(page.slice(to, to + NEAR))[0] ?? "";
  const prefixes = before.replace(/.*[\p{Cf}\ufffc]\s*$/su, "");
  const suffixes = after.replace(/^\s*[\p{Cf}\ufffc].*/su, "");

  const ahead = fold(textInFields() + page.slice(0, from));
  const text = ahead + fold(page.slice(from));
  const begin = ahead.length;
  const stop = begin + fold(page.slice(from, to)).length;

  let first = "";
  for (let count = 0; count <= MOST_CONTEXT; count = count * 2 || 1)
    for (const sides of count ? [1, 2, 3] : [0]) {
      const prefix = sides & 1 ? words(prefixes, count, true) : "";
      const suffix = sides & 2 ? words(suffixes, count, false) : "";
      const terms: Terms = [prefix, start, end, suffix];
      const place = find(text, terms, 0);
      if (place?.[0] !== begin || place[1] !== stop) continue;
      const [p, s, e, x] = terms.map(encode) as Terms;
      const link = `text=${p && `${p}-,`}${s}${e && `,${e}`}${x && `,-${x}`}`;
      if (link.length > LONGEST) continue;
      if (!find(text, terms, stop)) return link;
      first ||= link;
    }
  return first;
};
