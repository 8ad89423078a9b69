/** The text of a page as a reader sees it, and where each of its nodes stands in it. */

/** Ends a block; white space to the normalisation, so that blocks never grow together. */
export const BLOCK = "\u2029";
/** Ends a line inside a block (`<br>`). */
const LINE = "\u2028";

const LEFT_OUT = new Set(
  ("script style noscript template textarea select option iframe object video audio canvas svg " +
    "math rt rp head input datalist").split(" "),
);

export interface PageText {
  /** Visible text, not yet normalised, with BLOCK between blocks and LINE for `<br>`. */
  raw: string;
  /** Offset in `raw` where a node that was walked begins, and where it ends. */
  starts: Map<Node, number>;
  ends: Map<Node, number>;
  /** Open shadow roots that were met, for `Selection.getComposedRanges`. */
  roots: ShadowRoot[];
}

const isElement = (node: Node): node is Element => node.nodeType === 1;

/**
 * Walk what is rendered below `root`: hidden elements, scripts, form fields and ruby annotations
 * are left out, open shadow roots and slots are followed as they are shown.
 * `all` keeps `aria-hidden` text, which a reader may not hear but the browser's search does see.
 */
export const readPage = (root: Element, all = false): PageText => {
  const starts = new Map<Node, number>();
  const ends = new Map<Node, number>();
  const roots: ShadowRoot[] = [];
  let raw = "";

  const separate = (mark: string): void => {
    if (raw && !raw.endsWith(BLOCK)) raw += mark;
  };

  const children = (element: Element): Iterable<Node> => {
    if (element.localName === "slot") {
      const assigned = (element as HTMLSlotElement).assignedNodes();
      if (assigned.length) return assigned;
    }
    if (!element.shadowRoot) return element.childNodes;
    roots.push(element.shadowRoot);
    return element.shadowRoot.childNodes;
  };

  const walk = (node: Node, visible: boolean): void => {
    if (node.nodeType === 3) {
      if (!visible) return;
      starts.set(node, raw.length);
      raw += (node as Text).data;
      ends.set(node, raw.length);
      return;
    }
    if (!isElement(node) || leftOut(node, all)) return;
    const style = getComputedStyle(node);
    if (style.display === "none" || style.contentVisibility === "hidden") return;
    if (node.localName === "br") {
      starts.set(node, raw.length);
      separate(LINE);
      ends.set(node, raw.length);
      return;
    }
    // Inline formatting and slots run on; everything else, cells and inline blocks too, stands apart.
    const apart = !/^(inline|contents|ruby)/.test(style.display) || style.display.length > 8;
    if (apart) separate(BLOCK);
    starts.set(node, raw.length);
    const shown = style.visibility === "visible";
    const closed = node.localName === "details" && !(node as HTMLDetailsElement).open;
    for (const child of children(node)) {
      if (closed && (child as Element).localName !== "summary") continue;
      walk(child, shown);
    }
    ends.set(node, raw.length);
    if (apart) separate(BLOCK);
  };

  walk(root, true);
  return { raw, starts, ends, roots };
};

const leftOut = (element: Element, all: boolean): boolean =>
  LEFT_OUT.has(element.localName) ||
  element.hasAttribute("data-copydesk") ||
  (!all && element.getAttribute("aria-hidden") === "true");

/** The offset in `page.raw` of a DOM boundary point (container and offset, as in a Range). */
export const offsetOf = (page: PageText, container: Node, offset: number): number => {
  const start = page.starts.get(container);
  if (container.nodeType === 3) {
    if (start !== undefined) return start + offset;
  } else {
    for (const child of [...container.childNodes].slice(offset)) {
      const found = page.starts.get(child);
      if (found !== undefined) return found;
    }
    const end = page.ends.get(container);
    if (end !== undefined) return end;
  }
  // A node that is not shown stands where the next shown one does.
  const parent = container.parentNode ?? (container as ShadowRoot).host;
  if (!parent) return page.raw.length;
  return offsetOf(page, parent, indexOf(container) + 1);
};

const indexOf = (node: Node): number =>
  node.parentNode ? Array.prototype.indexOf.call(node.parentNode.childNodes, node) : 0;
