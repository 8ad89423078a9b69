// @vitest-environment node
import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { fileFor, fill, Text } from "../src/locale";

const LOCALES = new URL("../locales/", import.meta.url);
const AVAILABLE = ["de", "en", "he", "id", "pt", "pt-BR", "sr", "zh-Hans", "zh-Hant"];

describe("the locale file for a language tag", () => {
  it.each([
    ["de", "de"],
    ["de-AT", "de"],
    ["DE_at", "de"],
    ["pt-BR", "pt-BR"],
    ["pt-br", "pt-BR"],
    ["pt-PT", "pt"],
    ["sr-Latn-RS", "sr"],
    ["zh", "zh-Hans"],
    ["zh-CN", "zh-Hans"],
    ["zh-SG", "zh-Hans"],
    ["zh-TW", "zh-Hant"],
    ["zh-HK", "zh-Hant"],
    ["zh-Hant-CN", "zh-Hant"],
    ["zh-Hans-HK", "zh-Hans"],
    ["iw", "he"],
    ["in-ID", "id"],
    ["tlh", undefined],
    ["not a language", undefined],
    ["", undefined],
  ])("of %s is %s", (tag, file) => {
    expect(fileFor(tag, AVAILABLE)).toBe(file);
  });
});

it("fills in names and leaves what it does not know", () => {
  expect(fill("press {keys} {twice}", { keys: "Ctrl+Enter" })).toBe("press Ctrl+Enter {twice}");
});

it("names the strings in the order of the English file", async () => {
  const english = JSON.parse(await readFile(new URL("en.json", LOCALES), "utf8")) as object;

  expect(Object.values(Text).filter((name) => typeof name === "string")).toEqual(
    Object.keys(english),
  );
});

describe("every language", async () => {
  const read = async (file: string): Promise<Record<string, unknown>> =>
    JSON.parse(await readFile(new URL(file, LOCALES), "utf8")) as Record<string, unknown>;
  const english = await read("en.json");
  const named = (value: unknown): string[] =>
    [...new Set(JSON.stringify(value).match(/\{\w+\}/g) ?? [])].sort();

  for (const file of await readdir(LOCALES))
    it(`${file} has every string, in full, with the same names to fill in`, async () => {
      const strings = await read(file);
      const tag = file.replace(".json", "");

      expect(Object.keys(strings).sort()).toEqual(Object.keys(english).sort());
      for (const [key, value] of Object.entries(english)) {
        expect(named(strings[key]), key).toEqual(named(value));
        if (typeof value === "string") expect(strings[key], key).toMatch(/\S/);
        else
          expect(Object.keys(strings[key] as object).sort(), key).toEqual(
            expect.arrayContaining(new Intl.PluralRules(tag).resolvedOptions().pluralCategories),
          );
      }
    });
});
