/** The widget's own corner of the page: a shadow root that the page's style cannot reach into. */
import { sheet } from "./dom";
import { language } from "./locale";
import { widget } from "./settings";

const ACCENT = "#1a5fb4";

const OURS = "keydown keyup keypress mousedown selectstart copy cut paste".split(" ");

export interface Host {
  /** Put something into the top layer, above every z-index of the page. */
  show(shown: HTMLElement): void;
  /** Further style, such as the place of what follows a selection. */
  style(css: string): void;
  remove(): void;
}

/** The page's colour scheme where it decides for one, else the reader's own. */
const scheme = (): string => {
  const { colorScheme } = getComputedStyle(document.documentElement);
  return /^(only )?(dark|light)( only)?$/.test(colorScheme) ? colorScheme : "light dark";
};

/** A new host at the end of the document, in the language in use. */
export const makeHost = (css: string): Host => {
  const host = document.createElement("copydesk-widget");
  host.dataset.copydesk = "";
  const root = host.attachShadow({ mode: "open" });
  const { accent } = widget.settings;
  const own = sheet("");
  root.adoptedStyleSheets = [
    sheet(css),
    sheet(`*{--accent:${accent && CSS.supports("color", accent) ? accent : ACCENT}}`),
    own,
  ];
  // Neither may the page's shortcuts fire while the reader types here, nor what it does against
  // copying.
  for (const type of OURS)
    host.addEventListener(type, (event) => event.stopPropagation());
  return {
    show(shown) {
      // Frameworks that own the document may have taken it away.
      if (!host.isConnected) document.documentElement.append(host);
      host.lang = language.tag;
      shown.dir = language.direction;
      shown.style.colorScheme = scheme();
      root.append(shown);
      if (shown instanceof HTMLDialogElement) shown.showModal();
      else if (shown.showPopover) {
        shown.popover = "manual";
        shown.showPopover();
      }
    },
    style: (text) => own.replaceSync(text),
    remove: () => host.remove(),
  };
};
