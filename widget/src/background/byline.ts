/** Who wrote the article and where it stands, as the page declares it. */

type Thing = Record<string, unknown>;

/** Types of schema.org that are the page's own text; comments have authors too. */
const ARTICLE = /Article|Posting|Report|Recipe|Page/;

/** Every object in the page's JSON-LD, however deep. */
const things = (): Thing[] => {
  const found: Thing[] = [];
  for (const { textContent } of document.querySelectorAll("script[type*='ld+json']"))
    try {
      JSON.parse(textContent, (_name, value: Thing | null) => {
        if (value?.["@type"] ?? value?.["@id"]) found.push(value);
        return value;
      });
    } catch {
      // A page's mistake is not the reader's.
    }
  return found;
};

/** What JSON-LD says of the article under a name, else what a `<meta>` or an element says. */
const declared = (name: string, elsewhere: string): string => {
  const all = things();
  const text = (value: unknown): string =>
    [value]
      .flat()
      .map((each) => {
        const { name, "@id": id } = (each ?? {}) as Thing;
        const named = name ?? all.find((thing) => id && thing["@id"] === id && thing.name)?.name;
        return named ? text(named) : typeof each === "string" ? each : "";
      })
      .filter(Boolean)
      .join(", ");
  const article = all.find((thing) => thing[name] && ARTICLE.test(String(thing["@type"])));
  const places = [...document.querySelectorAll<HTMLMetaElement>(elsewhere)];
  return (
    [text(article?.[name]), ...places.map(({ content, textContent }) => content ?? textContent)]
      .map((value) => value.trim())
      // An address of a person's page names nobody.
      .find((value) => value && !/^https?:/.test(value)) ?? ""
  );
};

export const author = (): string =>
  declared("author", "[name=author i],[property='article:author'],[rel=author],[itemprop=author]");

export const section = (): string =>
  declared("articleSection", "[property='article:section'],[itemprop=articleSection]");
