/** The widget's own corner of the page: a shadow root that the page's style cannot reach into. */
import css from "./style.css";
import type { Language } from "../locale";
import type { Settings } from "../settings";

const ACCENT = "#1a5fb4";

type Child = Node | string | null | undefined | false;

/** An element with attributes and children. An attribute that is false or undefined is left out. */
export const element = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string | boolean | undefined>,
  ...children: Child[]
): HTMLElementTagNameMap[Name] => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  made.append(...children.filter((child): child is Node | string => !!child));
  return made;
};

const sheetOf = (text: string): CSSStyleSheet => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
};

export interface Host {
  root: ShadowRoot;
  /** Put something into the top layer, above every z-index of the page. */
  show(shown: HTMLElement): void;
  /** Page coordinates for what follows a selection, in CSS pixels. */
  place(x: number, y: number): void;
  remove(): void;
}

/** A new host at the end of the document. The style sheets are constructed: no CSP forbids them. */
export const makeHost = (settings: Settings, language: Language): Host => {
  const host = document.createElement("copydesk-widget");
  host.setAttribute("data-copydesk", "");
  host.lang = language.tag;
  host.dir = language.direction;
  const root = host.attachShadow({ mode: "open" });
  const accent = settings.accent && CSS.supports("color", settings.accent) ? settings.accent : ACCENT;
  const position = sheetOf("");
  root.adoptedStyleSheets = [
    sheetOf(css),
    sheetOf(`:host{--accent:${accent}}`),
    position,
  ];
  // Single-letter shortcuts of the page must not fire while the reader types here.
  for (const type of ["keydown", "keyup", "keypress"])
    host.addEventListener(type, (event) => event.stopPropagation());
  return {
    root,
    show(shown) {
      if (!host.isConnected) document.documentElement.append(host);
      shown.dir = language.direction;
      root.append(shown);
      if (shown.showPopover && !(shown instanceof HTMLDialogElement)) {
        shown.popover = "manual";
        shown.showPopover();
      }
    },
    place: (x, y) => position.replaceSync(`:host{--x:${x}px;--y:${y}px}`),
    remove: () => host.remove(),
  };
};
