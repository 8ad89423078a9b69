/** Every language is complete: no string lacks, none is blank, plurals and placeholders are right. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";

type Strings = Record<string, string | Record<string, string>>;

const DIR = join(import.meta.dirname, "..", "locales");
const TAGS = readdirSync(DIR).map((name) => basename(name, ".json"));
const REQUIRED =
  "en ru uk be kk pl cs sk bg sr hr de nl fr es pt pt-BR it ro hu tr el he ar fa hi id vi " +
  "zh-Hans zh-Hant ja ko";

const read = (tag: string): Strings =>
  JSON.parse(readFileSync(join(DIR, `${tag}.json`), "utf8")) as Strings;
const english = read("en");

const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

/** Languages whose words for one and two need no number. */
const NUMBER_IN_WORDS: Record<string, string[]> = { ar: ["zero", "one", "two"], he: ["one", "two"] };

it("has the languages that were promised", () => {
  expect(TAGS.length).toBeGreaterThanOrEqual(30);
  expect(TAGS).toEqual(expect.arrayContaining(REQUIRED.split(" ")));
});

describe.each(TAGS)("%s", (tag) => {
  const strings = read(tag);
  const categories = new Intl.PluralRules(tag).resolvedOptions().pluralCategories;

  it("has every string and no other", () => {
    expect(Object.keys(strings)).toEqual(Object.keys(english));
  });

  it("has the plural forms of its language and no other", () => {
    for (const key of ["known", "too_long"])
      expect(Object.keys(strings[key] ?? {}).sort(), key).toEqual([...categories].sort());
  });

  it("keeps the placeholders", () => {
    for (const [key, text] of Object.entries(strings)) {
      if (typeof text === "string") {
        expect(placeholders(text), key).toEqual(placeholders(english[key] as string));
        continue;
      }
      for (const [form, words] of Object.entries(text))
        if (!NUMBER_IN_WORDS[tag]?.includes(form))
          expect(placeholders(words), `${key}.${form}`).toEqual(["{count}"]);
    }
  });

  it("has no blank string and no stray space", () => {
    const all = Object.values(strings).flatMap((text) =>
      typeof text === "string" ? [text] : Object.values(text),
    );
    for (const text of all) expect(text).toMatch(/^\S(.*\S)?$/s);
  });

  it("quotes the button as its language does", () => {
    expect(strings.hint_touch).not.toMatch(/["']\{button\}/);
  });

  it("never begins a line with a sign of the line before", () => {
    if (tag === "fr") expect(JSON.stringify(strings)).not.toMatch(/ [?!;:»]|« /);
  });

  it("is translated", () => {
    if (tag === "en") return;
    const same = Object.keys(english).filter(
      (key) => !["ctrl", "enter", "optional", "send"].includes(key) && strings[key] === english[key],
    );
    expect(same).toEqual([]);
  });
});
