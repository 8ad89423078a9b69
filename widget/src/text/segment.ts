/** Characters, words and sentences as readers count them (UAX #29). */

type Granularity = "grapheme" | "word" | "sentence";

/** A text that can be asked for the segment at an index; undefined where browsers cannot. */
export const segments = (
  text: string,
  granularity: Granularity,
  language = "en",
): Intl.Segments | undefined => {
  try {
    return new Intl.Segmenter(language, { granularity }).segment(text);
  } catch {
    // No Intl.Segmenter, or a `lang` that is no language.
    return language === "en" ? undefined : segments(text, granularity);
  }
};

/** The bounds of the segments of `text` that touch `[start, end)`, which is not empty. */
export const widen = (
  text: string,
  start: number,
  end: number,
  granularity: Granularity,
  language?: string,
): [number, number] => {
  const all = segments(text, granularity, language);
  const last = all?.containing(end - 1);
  return [all?.containing(start)?.index ?? start, last ? last.index + last.segment.length : end];
};

/** The first `count` code points of a text, or the last, without half a word at the cut. */
export const clip = (text: string, count: number, last: boolean): string => {
  // What lies beyond is not asked for, and taking a whole page apart is slow.
  const near = last ? text.slice(-3 * count) : text.slice(0, 3 * count);
  const points = [...near];
  if (points.length <= count) return text;
  const cut = points.slice(0, last ? -count : count).join("").length;
  return last
    ? near.slice(widen(near, cut - 1, cut, "word")[1]).trimStart()
    : near.slice(0, widen(near, cut, cut + 1, "word")[0]).trimEnd();
};
