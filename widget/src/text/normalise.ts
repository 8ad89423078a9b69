/**
 * The one normalisation of text, the same as in `server/text/normalise.py`.
 * Both are held to `tests/vectors/text.json`. Case and quotes are not folded: they may be the
 * mistake.
 */

/** What a reader does not see: soft hyphen, zero-width space, word joiner, byte order mark. */
const INVISIBLE = /[\u00ad\u200b\u2060\ufeff]/g;

/** White space as browsers and Unicode see it, listed because `\s` differs between languages. */
const SPACE =
  /[\t-\r\x1c-\x20\x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

/**
 * Invisible characters dropped, every run of white space one space, NFC (UAX #15).
 * Spaces at the ends stay, as one each: prefix and suffix need them.
 */
export const normalise = (text: string): string =>
  text.replace(INVISIBLE, "").replace(SPACE, " ").normalize();
