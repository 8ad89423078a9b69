/** Loaded where the owner invites readers: the line that tells what to do, the corner button. */
import { loadLanguage } from "../locale";
import { isOn, setWidget, type Widget } from "../settings";
import { showCorner } from "./corner";
import { showHints } from "./hint";

/** Show what the settings and the page ask for. May be called again when either changes. */
export const invite = async (widget: Widget): Promise<void> => {
  setWidget(widget);
  await loadLanguage();
  if (widget.signal.aborted) return;
  showHints();
  showCorner(isOn(widget.settings.button, false));
};
