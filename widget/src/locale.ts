/** The reader's language: one file each, completed from English when it is built. */
import { widget } from "./settings";

/** The tags of all locale files, and the names of the strings in them: set by the build. */
declare const LOCALES: string;
declare const STRING_NAMES: string;

type Plural = Partial<Record<Intl.LDMLPluralRule, string>>;

/** Places of the strings in a built locale file: the order of locales/en.json. */
export enum Text {
  title,
  intro,
  suggestion,
  comment,
  email,
  optional,
  send,
  cancel,
  close,
  sending,
  thanks,
  known,
  queued,
  failed,
  limited,
  invalid_email,
  select_first,
  select_first_touch,
  too_long,
  too_short,
  not_here,
  button,
  hint,
  hint_touch,
  ctrl,
  enter,
}

export interface Language {
  tag: string;
  direction: "ltr" | "rtl";
  strings: (string | Plural)[];
}

/** The language in use: what `loadLanguage` last settled with. */
export let language: Language;

/** A string of the language in use. */
export const string = (text: Text): string => language.strings[text] as string;

/**
 * The locale file for a BCP 47 tag, by its own region, else by the script that is likely there,
 * else by language alone; undefined where there is none.
 */
export const fileFor = (wanted: string, available = LOCALES.split(" ")): string | undefined => {
  try {
    // "no" and "nn" readers read Bokmål.
    const locale = new Intl.Locale(wanted.replaceAll("_", "-").replace(/^n[no]\b/, "nb"));
    const { language: name, region } = locale;
    return [`${name}-${region}`, `${name}-${locale.maximize().script}`, name].find((file) =>
      available.includes(file),
    );
  } catch {
    // A `lang` that is no language.
    return undefined;
  }
};

/** By `data-lang`, else the page's `lang`, else the browser's languages, else English. */
const choose = (): string =>
  [widget.settings.lang, document.documentElement.lang, ...navigator.languages]
    .map((tag) => tag && fileFor(tag))
    .find(Boolean) ?? "en";

const load = async (tag: string): Promise<Language> => {
  for (const each of [tag, "en"])
    try {
      const { default: strings } = (await import(`${widget.files}locale/${each}.js`)) as {
        default: Language["strings"];
      };
      return { tag: each, direction: /^(ar|fa|he|ur)\b/.test(each) ? "rtl" : "ltr", strings };
    } catch {
      // The next view of a page may find the file again; this reader is served now.
    }
  // Should even the English file be lost: the strings' names are English words.
  const strings = STRING_NAMES.split(" ").map((name) => name.replaceAll("_", " "));
  return { tag: "en", direction: "ltr", strings };
};

let loading: [tag: string, language: Promise<Language>] | undefined;

/** Never rejects: a file that is missing or broken gives English. */
export const loadLanguage = async (): Promise<void> => {
  const tag = choose();
  if (loading?.[0] !== tag) loading = [tag, load(tag)];
  language = await loading[1];
};

/** A string with its `{names}` filled in. */
export const fill = (text: string, values: Record<string, string>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

/** The form of a plural string for a count. */
export const plural = (text: Text.known | Text.too_long, count: number): string => {
  const { tag, strings } = language;
  const forms = strings[text] as Plural;
  return fill(forms[new Intl.PluralRules(tag).select(count)] ?? forms.other ?? "{count}", {
    count: new Intl.NumberFormat(tag).format(count),
  });
};

/** The shortcut as it is printed on the reader's keyboard. */
export const keys = (): string =>
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor is Chromium's alone
  `${/Mac|iP/.test(navigator.platform) ? "⌘" : string(Text.ctrl)}+${string(Text.enter)}`;
