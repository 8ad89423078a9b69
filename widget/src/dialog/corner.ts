/** A button in a corner of the window, for owners who want one. */
import type { Language } from "../locale";
import type { Widget } from "../settings";
import { element, type Host } from "./host";

let cornerButton: HTMLElement | undefined;

/** A button in a corner of the window; shows a hint where nothing is selected. */
export const corner = (host: Host, { settings }: Widget, { strings }: Language, open: () => void): void => {
  cornerButton?.remove();
  // `bottom-right` and the like are two classes of the style sheet; anything else means that one.
  const place = /^(top|bottom)-(left|right)$/.test(`${settings.button}`) ? `${settings.button}` : "bottom-right";
  cornerButton = element("button", { class: `go ${place.replace("-", " ")}` }, strings.button);
  cornerButton.addEventListener("pointerdown", (event) => event.preventDefault());
  cornerButton.addEventListener("click", open);
  host.show(cornerButton);
};
