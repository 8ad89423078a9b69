/** The reader's language: one file each, completed from English when it is built. */
import type english from "../locales/en.json";
import type { Widget } from "./settings";

declare const LOCALES: string[];

type Plural = Partial<Record<Intl.LDMLPluralRule, string>>;
export type Strings = Omit<Record<keyof typeof english, string>, "known" | "too_long"> & {
  known: Plural;
  too_long: Plural;
};

export interface Language {
  tag: string;
  direction: "ltr" | "rtl";
  strings: Strings;
}

/** Should even the English file be lost: the strings' names are English words. */
const NAMES = new Proxy({} as Strings, {
  get: (_, name) => String(name).replaceAll("_", " "),
});

/** The locale file for a BCP 47 tag; undefined where there is none. */
export const fileFor = (wanted: string, available = LOCALES): string | undefined => {
  const tag = wanted
    .toLowerCase()
    .replace("_", "-")
    .replace(/^zh\b(?=.*\b(hant|tw|hk|mo)\b).*/, "zh-hant")
    .replace(/^zh\b(?!-hant).*/, "zh-hans")
    .replace(/^(no|nn)\b/, "nb")
    .replace(/^iw\b/, "he")
    .replace(/^in\b/, "id");
  const named = (name: string | undefined): string | undefined =>
    available.find((each) => each.toLowerCase() === name);
  return named(tag) ?? named(tag.split("-")[0]);
};

/** By `data-lang`, else the page's `lang`, else the browser's languages, else English. */
const choose = (widget: Widget): string =>
  [widget.settings.lang, document.documentElement.lang, ...navigator.languages]
    .map((tag) => tag && fileFor(tag))
    .find(Boolean) ?? "en";

let loaded: [tag: string, language: Promise<Language>] | undefined;

/** Never rejects: a file that is missing or broken gives English. */
export const language = (widget: Widget): Promise<Language> => {
  const tag = choose(widget);
  if (loaded?.[0] !== tag) loaded = [tag, load(widget, tag)];
  return loaded[1];
};

const load = async (widget: Widget, tag: string): Promise<Language> => {
  for (const each of [tag, "en"])
    try {
      const { default: strings } = (await import(`${widget.files}locale/${each}.js`)) as { default: Strings };
      return { tag: each, direction: /^(ar|fa|he|ur)\b/.test(each) ? "rtl" : "ltr", strings };
    } catch {
      // The next view of a page may find the file again; this reader is served now.
    }
  return { tag: "en", direction: "ltr", strings: NAMES };
};

/** A string with its `{names}` filled in. */
export const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => `${values[name] ?? whole}`);

/** The form of a plural string for a count. */
export const plural = ({ tag, strings }: Language, key: "known" | "too_long", count: number): string => {
  const forms = strings[key];
  const form = forms[new Intl.PluralRules(tag).select(count)] ?? forms.other ?? `${forms as string} {count}`;
  return fill(form, { count: new Intl.NumberFormat(tag).format(count) });
};

/** The shortcut as it is printed on the reader's keyboard. */
export const keys = ({ strings }: Pick<Language, "strings">): string =>
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor is Chromium's alone
  `${/Mac|iP/.test(navigator.platform) ? "⌘" : strings.ctrl}+${strings.enter}`;
