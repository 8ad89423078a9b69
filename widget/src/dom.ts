/** Making elements, style sheets and events. */

type Child = Node | string | false;

/** An element with properties and children. */
export const element = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]>,
  ...children: Child[]
): HTMLElementTagNameMap[Name] => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter((child) => child !== false));
  return made;
};

/** A constructed style sheet: no Content-Security-Policy forbids it. */
export const sheet = (css: string): CSSStyleSheet => {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
};

/** Tell the page; false where it cancelled what comes next. */
export const emit = (type: string, detail: unknown): boolean =>
  document.dispatchEvent(new CustomEvent(`copydesk:${type}`, { detail, cancelable: true }));
