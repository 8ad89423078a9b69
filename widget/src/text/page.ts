/** The text of a page, and where a selection stands in it. */

/** Ends a block; white space to the normalisation, so that blocks never grow together. */
export const BLOCK = "\u2029";
/** Ends a line inside a block. */
const LINE = "\u2028";
/** Stands where the reader sees nothing; the normalisation drops it. */
const NOTHING = "\u2060";
/** What no term of a text directive spans: a block's end, a kept line end, a picture. */
export const EDGE = "\x01";

/** Never text, whatever they hold. */
const REPLACED =
  /^(script|style|iframe|object|img|video|audio|canvas|meter|progress|select|input|textarea)$/;
/** Not for the reader: the widget's own elements, annotations. */
export const OWN = "[data-copydesk],[data-hint=''],copydesk-hint,rt";

/**
 * Two strings of one length, so that an offset means the same place in both: what a reader sees,
 * and what a browser's search for a text directive sees. Neither is normalised yet.
 */
export interface PageText {
  read: string;
  searched: string;
  /** Offsets of the bounds. */
  at: number[];
  /** BCP 47, the nearest `lang` of the first; empty where there is none. */
  language: string;
}

/** A boundary point as a node and, in text, an offset. */
export const point = (node: Node, offset: number): [node: Node, offset: number] => {
  if (node.nodeType === 3) return [node, offset];
  const child = node.childNodes[offset];
  if (child) return [child, 0];
  while (node.lastChild) node = node.lastChild;
  return [node, (node as Text).length];
};

/**
 * What parts an element from the text around it, for the reader and for a search: a block's end;
 * nothing that is seen, though a search stops there; or nothing. A drop cap floats, yet belongs to
 * its word. A list in a line has items for the reader alone.
 */
const markOf = (
  element: Element,
  { display, cssFloat }: CSSStyleDeclaration,
): [seen: string, found?: string] => {
  const { localName } = element;
  if (localName === "br") return [LINE];
  const item = localName === "li";
  if (
    localName === "svg" ||
    /^(inline-|math)/.test(display) ||
    // That is: not "none".
    (/[lt]/.test(cssFloat) && element.textContent.trim().length < 2)
  )
    return [item ? BLOCK : NOTHING];
  if (!/^(inline|contents|ruby)/.test(display)) return [BLOCK];
  return item ? [BLOCK, NOTHING] : [""];
};

/**
 * Walk what is rendered below `root`, open shadow roots and slots as they are shown.
 * What `unseen` selects is left out for the reader.
 */
export const readPage = (
  root: Element,
  bounds?: AbstractRange,
  unseen = `${OWN},[aria-hidden=true]`,
): PageText => {
  const points = bounds
    ? [
        point(bounds.startContainer, bounds.startOffset),
        point(bounds.endContainer, bounds.endOffset),
      ]
    : [];
  const at = [0, Infinity];
  let language = "";
  const read: string[] = [];
  const searched: string[] = [];
  let size = 0;

  const put = (seen: string, found = EDGE): void => {
    read.push(seen);
    searched.push(found);
    size += seen.length;
  };

  /** `seen`: by the reader, unless the style hides it. */
  const walk = (node: Node, around: CSSStyleDeclaration, seen: boolean, lang: string): void => {
    const element = node as HTMLElement;
    const isText = node.nodeType === 3;
    const own = element.getAttribute?.("lang") ?? lang;
    points.forEach(([target, offset], index) => {
      // The innermost node that is met decides; what is not shown stands where it would be.
      if (!node.contains(target)) return;
      at[index] = isText ? size + offset : size;
      if (!index) language = own;
    });
    if (isText) {
      let { data } = node as Text;
      if (/pre|break/.test(around.whiteSpaceCollapse || around.whiteSpace))
        data = data.replace(/[\n\t]| {2,}/g, (run) => LINE.repeat(run.length));
      const shown = around.visibility === "visible";
      put(
        seen && shown ? data : NOTHING.repeat(data.length),
        shown ? data : EDGE.repeat(data.length),
      );
    }
    if (node.nodeType !== 1) return;
    const style = getComputedStyle(element);
    const { display } = style;
    const skipped = style.contentVisibility === "hidden";
    const shown =
      !skipped && (display === "contents" || (element.checkVisibility?.() ?? true));
    if (
      REPLACED.test(element.localName) ||
      display === "none" ||
      // A browser opens these where it finds something in them.
      !(shown || element.closest("details,[hidden=until-found]"))
    ) {
      put(skipped ? BLOCK : NOTHING);
      return;
    }
    const [mark, found] = markOf(element, style);
    const separate = (): void => {
      if (mark && read.at(-1) !== BLOCK) put(mark, found);
    };
    separate();
    const slotted = (element as HTMLSlotElement).assignedNodes?.();
    for (const child of slotted?.length ? slotted : (element.shadowRoot ?? element).childNodes)
      walk(child, style, seen && shown && !element.matches(unseen), own);
    separate();
  };

  const html = root.ownerDocument.documentElement;
  walk(root, getComputedStyle(html), true, html.lang);
  return {
    read: read.join(""),
    searched: searched.join(""),
    at,
    language,
  };
};
