/** What a site owner can set: in the site's settings or as `data-*` on the script tag. */
export interface Settings {
  /** The site's public key. */
  site?: string;
  /** BCP 47; else the page's language, else the browser's. */
  lang?: string;
  /** The hint's own wording; `{keys}` stands for the shortcut, `{button}` for the button's name. */
  hint?: string;
  /** Address of a small image before the hint's line. */
  hintIcon?: string;
  /** Address of an image that takes the line's place; the line becomes its alternative text. */
  hintImage?: string;
  /** A button in a corner: `bottom-right`, `bottom-left`, `top-right`, `top-left`, or `off`. */
  button?: string | boolean;
  /** `off`: no button at a selection made by touch or pen. */
  touch?: string | boolean;
  /** A CSS colour for the send button and the focus ring. */
  accent?: string;
  /** `send` at once, `confirm` without fields, or `full` (the default). */
  mode?: string;
  /** CSS selectors of the parts that take reports, and of those that do not. */
  article?: string | string[];
  exclude?: string | string[];
  /** Length of a selection in code points. */
  min?: number | string;
  max?: number | string;
  /** Ask for an e-mail address to thank the reader: `true` or an empty attribute. */
  askEmail?: string | boolean;
  /** Who wrote the article and where it stands; else what the page declares. */
  author?: string;
  section?: string;
}

/** What the listener hands to the parts that are loaded when they are needed. */
export interface Widget {
  settings: Settings;
  /** The server's address, with a slash at its end. */
  server: string;
  /** Where the built files lie, with a slash at its end. */
  files: string;
  version: string;
  /** Whether a node lies in a part of the page that takes reports. */
  allows(node: Node | null): boolean;
  /** Load the dialog, if that has not been done. */
  load(): Promise<typeof import("./dialog/index")>;
  /** Aborted when the widget is taken off the page: every part then removes what it added. */
  signal: AbortSignal;
}

/** A page holds one widget; each part is given it once, when it is loaded. */
export let widget: Widget;

export const setWidget = (given: Widget): void => {
  widget = given;
};

/** Whether a switch is on: `true`, an empty attribute, or any word that does not deny. */
export const isOn = (value: string | boolean | undefined | null, usual: boolean): boolean =>
  value === undefined || value === null ? usual : !/^(false|off|no|0)$/.test(String(value));
