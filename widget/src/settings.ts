/** What a site owner can set: in the site's settings or as `data-*` on the script tag. */
export interface Settings {
  /** The site's public key. */
  site?: string;
  /** BCP 47; else the page's language, else the browser's. */
  lang?: string;
  /** The hint's own wording; `{keys}` stands for the shortcut. */
  hint?: string;
  /** Address of an image before the hint. */
  hintIcon?: string;
  /** A button in a corner: `bottom-right`, `bottom-left`, `top-right`, `top-left`. */
  button?: string;
  /** `off`: no button at a selection made by touch or pen. */
  touch?: string;
  /** A CSS colour for the send button and the focus ring. */
  accent?: string;
  /** `send` at once, `confirm` without fields, or `full` (the default). */
  mode?: string;
  /** CSS selector of the parts that take reports, and of those that do not. */
  article?: string;
  exclude?: string;
  /** Length of a selection in code points. */
  min?: number | string;
  max?: number | string;
  /** Ask for an e-mail address to thank the reader. `true` or an empty attribute. */
  askEmail?: boolean | string;
  /** Who wrote the article and where it stands, if its metadata does not say. */
  author?: string;
  section?: string;
}

/** What the listener hands to the dialog. */
export interface Widget {
  settings: Settings;
  /** The server's address, with a slash at its end. */
  server: string;
  /** Where the built files lie, with a slash at its end. */
  files: string;
  version: string;
  /** Whether a node lies in a part of the page that takes reports. */
  allows(node: Node | null): boolean;
}
