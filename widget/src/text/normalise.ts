/**
 * The one normalisation of text, the same as in `server/text/normalise.py`: half a surrogate pair
 * becomes the replacement character, invisible characters (NUL, soft hyphen, zero-width space, word
 * joiner, byte order mark) are dropped, every run of white space is one space, NFC (UAX #15).
 * Case and quotes are not folded: they may be the mistake. Spaces at the ends stay, as one each:
 * prefix and suffix need them. Both sides are held to `tests/vectors/text.json`.
 */
export const normalise = (text: string): string =>
  text
    .replace(/\p{Cs}/gu, "\ufffd")
    .replace(/[\0\xad\u200b\u2060\ufeff]/g, "")
    // White space as browsers and Unicode see it, listed because `\s` differs between languages.
    .replace(
      /[\t-\r\x1c-\x20\x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g,
      " ",
    )
    .normalize();
