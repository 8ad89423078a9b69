/** Where in the page's text a selection begins: orders the reports of one page. */
import { normalise } from "../text/normalise";
import { OWN, point } from "../text/page";

/**
 * Characters (code points) of the page's normalised text content, as a W3C TextPositionSelector
 * counts them, but from where the page's main part begins: what changes from one page view to the
 * next (menus, banners) mostly stands before it.
 */
export interface Position {
  /** From the beginning of the main part to the selection; negative where that stands before it. */
  start: number;
  /** From there to the page's end: where two are equal, the text was the same. */
  of: number;
}

/** Neither read nor the same for each reader. Styles count for nothing: windows differ in them. */
const LEFT_OUT = `script,style,noscript,template,${OWN}`;

const count = (text: string): number =>
  normalise(text).trimStart().replace(/[\ud800-\udbff][\udc00-\udfff]/g, " ").length;

/** Undefined where the selection is gone, and in a frame whose page is its parent's. */
export const position = (bounds?: AbstractRange): Position | undefined => {
  if (!bounds || !location.host) return undefined;
  const [target, offset] = point(bounds.startContainer, bounds.startOffset);
  const main =
    document.querySelector("main:not([hidden]),[role=main]") ?? document.querySelector("article");
  const texts: string[] = [];
  let size = 0;
  let origin = 0;
  let start: number | undefined;

  /** As shown: open shadow roots and slots. */
  const walk = (node: Node): void => {
    const element = node as HTMLSlotElement;
    if (node === main) origin = size;
    if (node === target) start = size + offset;
    if (node.nodeType === 3) {
      texts.push((node as Text).data);
      size += (node as Text).length;
    }
    if (node.nodeType !== 1 || element.matches(LEFT_OUT)) return;
    const slotted = element.assignedNodes?.();
    for (const child of slotted?.length ? slotted : (element.shadowRoot ?? element).childNodes)
      walk(child);
  };

  walk(document.body);
  if (start === undefined) return undefined;
  const text = texts.join("");
  return {
    start: start < origin ? -count(text.slice(start, origin)) : count(text.slice(origin, start)),
    of: count(text.slice(origin).trimEnd()),
  };
};
