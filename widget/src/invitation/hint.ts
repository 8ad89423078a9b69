/** The line at an article's foot. */
import { element } from "../dom";
import { fill, keys, language, string, Text } from "../locale";
import { widget } from "../settings";

/** The owner's line in a place of the page, as it was before: it comes back when we leave. */
const before = new Map<Element, Node[]>();

/**
 * Fill `<copydesk-hint>` and elements with an empty `data-hint` with one line in the reader's
 * language, with the keys of the platform or the wording for touch: text in the page's own style.
 */
export const showHints = (): void => {
  const { tag, direction } = language;
  const { hint, hintIcon, hintImage } = widget.settings;
  const usual = matchMedia("(pointer: coarse)").matches ? string(Text.hint_touch) : string(Text.hint);
  const line = fill(hint ?? usual, { keys: keys(), button: string(Text.button) });
  for (const place of document.querySelectorAll("copydesk-hint,[data-hint='']")) {
    if (place.localName === "script") continue;
    if (!before.has(place)) before.set(place, [...place.childNodes]);
    const shown = hintImage
      ? element("img", { src: hintImage, alt: line })
      : element("span", {}, line);
    // The owner's own wording is in the owner's language.
    if (hint === undefined) Object.assign(shown, { lang: tag, dir: direction });
    if (hintIcon) shown.prepend(element("img", { src: hintIcon, alt: "" }), " ");
    place.replaceChildren(shown);
  }
  widget.signal.onabort = () => before.forEach((nodes, place) => place.replaceChildren(...nodes));
};
