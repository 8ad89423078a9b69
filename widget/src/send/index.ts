/** Loaded when a dialog opens, or when reports were kept: makes the request and sends it. */
import type { Widget } from "../settings";
import type { Captured } from "../text/index";
import { submission, type Written } from "./submission";
import { flushQueue, send, type Outcome } from "./transport";

export type { Outcome } from "./transport";
export type { Written } from "./submission";

/** Send a report, or keep it. Never rejects. */
export const report = (widget: Widget, captured: Captured, written: Written): Promise<Outcome> =>
  send(widget.server, widget.settings.site ?? "", submission(widget, captured, written));

/** Send what was kept, now and when the connection is back. */
export const flush = (widget: Widget): Promise<void> => {
  const run = (): Promise<void> => flushQueue(widget.server, widget.settings.site ?? "");
  addEventListener("online", () => void run(), { once: true });
  return run();
};
