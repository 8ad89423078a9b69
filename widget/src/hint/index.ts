/** Loaded where the page has a place for a hint: the line that tells readers what to do. */
import { fill, keys, language } from "../locale";
import type { Widget } from "../settings";

/** `<copydesk-hint>`, and elements with an empty `data-hint`. */
const PLACES = "copydesk-hint,[data-hint='']";

/**
 * Fill the places with one line in the reader's language, with the keys of the platform or the
 * wording for touch: plain text in the page's own style.
 */
export const hint = async (widget: Widget): Promise<void> => {
  const { tag, direction, strings } = await language(widget);
  const { settings } = widget;
  const touch = matchMedia("(pointer: coarse)").matches;
  const line = document.createElement("span");
  line.lang = tag;
  line.dir = direction;
  const usual = touch ? strings.hint_touch : strings.hint;
  line.textContent = fill(settings.hint ?? usual, {
    keys: keys({ strings }),
    button: strings.button,
  });
  if (settings.hintIcon) {
    const icon = new Image();
    icon.src = settings.hintIcon;
    icon.alt = "";
    line.prepend(icon, " ");
  }
  for (const place of document.querySelectorAll(PLACES)) place.replaceChildren(line.cloneNode(true));
};
