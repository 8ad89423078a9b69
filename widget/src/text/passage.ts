/** The sentence around a selection, for the person who reads the report. */
import { clip, widen } from "./segment";

/** The longest passage, in code points: what the server takes and a mail can show. */
export const LONGEST = 1000;

/**
 * What stands before and after `exact` in its sentence or sentences. `before` and `after` are the
 * normalised text of its blocks; the whole is at most 1,000 code points, cut at words.
 */
export const passage = (
  before: string,
  exact: string,
  after: string,
  language: string,
): [before: string, after: string] => {
  const start = before.length;
  const end = start + exact.length;
  const [from, to] = widen(before + exact + after, start, end, "sentence", language);
  const room = Math.max(0, LONGEST - [...exact].length) >> 1;
  return [
    clip(before.slice(from).trimStart(), room, true),
    clip(after.slice(0, to - end).trimEnd(), room, false),
  ];
};
