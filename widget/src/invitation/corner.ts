/** A button in a corner of the window, for owners who want one. */
import { element } from "../dom";
import { makeHost, type Host } from "../host";
import { string, Text } from "../locale";
import { widget } from "../settings";
import css from "./corner.css";

let host: Host | undefined;

/** Show the button where the settings want it, or take it away. */
export const showCorner = (wanted: boolean): void => {
  host?.remove();
  if (!wanted) return;
  const { button } = widget.settings;
  const [, vertical, side] = /^(top|bottom)-(left|right)$/.exec(`${button}`) ?? ["", "bottom", "right"];
  host = makeHost(css);
  host.style(`button{${vertical}:16px;${side}:16px}`);
  host.show(
    element(
      "button",
      {
        // A press must not take the selection away before it is read.
        onpointerdown: (event) => {
          event.preventDefault();
          void widget.load().then((dialog) => dialog.remember());
        },
        onclick: () => void widget.load().then((dialog) => dialog.open()),
      },
      string(Text.button),
    ),
  );
  widget.signal.addEventListener("abort", () => host?.remove());
};
