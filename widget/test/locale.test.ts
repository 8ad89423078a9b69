// @vitest-environment node
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { fileFor, fill, Text } from "../src/locale";

const LOCALES = new URL("../locales/", import.meta.url);
const AVAILABLE = ["de", "en", "he", "id", "nb", "pt", "pt-BR", "sr", "zh-Hans", "zh-Hant"];

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
    ["no", "nb"],
    ["nn-NO", "nb"],
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
