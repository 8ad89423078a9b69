/** The sentence around a selection, for the person who reads the report. */

/** The longest passage, in code points: what the server takes and a mail can show. */
const LONGEST = 1000;

const segmenter = (
  language: string,
  granularity: "grapheme" | "word" | "sentence",
): Intl.Segmenter | undefined => {
  try {
    return new Intl.Segmenter(language || undefined, { granularity });
  } catch {
    // No Intl.Segmenter, or a `lang` that is no language.
    return language ? segmenter("", granularity) : undefined;
  }
};

/**
 * The segments of `text` that touch `[start, end)`, as the bounds of their union.
 * Where the browser cannot segment, the bounds as they are.
 */
export const widen = (
  text: string,
  start: number,
  end: number,
  language: string,
  granularity: "grapheme" | "word" | "sentence",
): [number, number] => {
  let from = start;
  let to = end;
  for (const { index, segment } of segmenter(language, granularity)?.segment(text) ?? []) {
    const after = index + segment.length;
    if (after > start && index <= start) from = index;
    if (index < end && after >= end) {
      to = after;
      break;
    }
  }
  return [from, to];
};

/** The last `count` code points of a text, beginning with a whole word where there is one. */
export const tail = (text: string, count: number): string => {
  const points = [...text];
  if (points.length <= count) return text;
  const cut = points.slice(-count).join("");
  const space = cut.indexOf(" ");
  return space >= 0 && space < cut.length / 2
    ? cut.slice(space + (space ? 1 : 0))
    : cut.replace(/^[\p{M}\u200d]+/u, "");
};

/** The first `count` code points of a text, ending with a whole word where there is one. */
export const head = (text: string, count: number): string => {
  const points = [...text];
  if (points.length <= count) return text;
  const cut = points.slice(0, count).join("");
  const space = cut.lastIndexOf(" ");
  if (space > cut.length / 2) return cut.slice(0, space);
  // The next code point may belong to the last one: take both away.
  return /^[\p{M}\u200d]/u.test(points[count] ?? "")
    ? cut.replace(/.[\p{M}\u200d]*$/su, "")
    : cut;
};

/**
 * What stands before and after `exact` in its sentence or sentences (UAX #29).
 * `before` and `after` are the normalised text of its blocks; the whole is at most 1,000 code
 * points, cut at words.
 */
export const passage = (
  before: string,
  exact: string,
  after: string,
  language: string,
): [before: string, after: string] => {
  const start = before.length;
  const [from, to] = widen(
    before + exact + after,
    start,
    start + exact.length,
    language,
    "sentence",
  );
  const ahead = before.slice(from).trimStart();
  const behind = after.slice(0, to - start - exact.length).trimEnd();
  const room = Math.max(0, LONGEST - [...exact].length);
  const short = Math.min([...ahead].length, [...behind].length, room >> 1);
  const most = room - short;
  return [tail(ahead, most), head(behind, room - [...tail(ahead, most)].length)];
};
