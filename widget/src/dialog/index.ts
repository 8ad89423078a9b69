/** Loaded when it is needed: captures the selection, shows the dialog, sends. */
import { fill, keys, language, plural, type Language } from "../locale";
import type { Widget } from "../settings";
import type { Written } from "../send/index";
import { capture, type Captured } from "../text/index";
import { corner } from "./corner";
import { showForm, type Entered, type Form } from "./form";
import { element, makeHost, type Host } from "./host";

/** Longest and shortest selection, in code points, unless the owner says otherwise. */
const MAX = 300;
const MIN = 1;
/** How long a note stays. */
const TOAST_MS = 7000;

type Sender = typeof import("../send/index");

let host: Host | undefined;
let form: Form | undefined;
let offer: HTMLElement | undefined;
let toast: HTMLElement | undefined;

/** Called once the file is loaded and when settings change: fetch the language meanwhile. */
export const prepare = async (widget: Widget): Promise<void> => {
  const tongue = await language(widget);
  if (widget.settings.button) corner(hostFor(widget, tongue), widget, tongue, () => void open(widget));
};

/** The part that sends, loaded while the reader writes. */
const sender = (widget: Widget): Promise<Sender> =>
  import(`${widget.files}send.js`) as Promise<Sender>;

const hostFor = (widget: Widget, tongue: Language): Host =>
  (host ??= makeHost(widget.settings, tongue));

const emit = (type: string, detail: unknown): boolean =>
  document.dispatchEvent(new CustomEvent(`copydesk:${type}`, { detail, cancelable: true }));

/** A short note that screen readers speak and that goes by itself. */
const say = (widget: Widget, tongue: Language, text: string): void => {
  toast?.remove();
  const note = (toast = element("div", { role: "status" }));
  hostFor(widget, tongue).show(note);
  // A live region speaks what changes after it is there.
  setTimeout(() => (note.textContent = text), 50);
  setTimeout(() => note.remove(), TOAST_MS);
};

/** What stands against reporting this selection; undefined where nothing does. */
const objection = (widget: Widget, tongue: Language, captured: Captured | null): string | undefined => {
  const { strings } = tongue;
  const { settings } = widget;
  if (!captured)
    return matchMedia("(pointer: coarse)").matches
      ? strings.select_first_touch
      : fill(strings.select_first, { keys: keys(tongue) });
  if (!widget.allows(getSelection()?.anchorNode ?? null)) return strings.not_here;
  const length = [...captured.exact].length;
  const most = Math.min(Number(settings.max) || MAX, 1000);
  if (length > most) return plural(tongue, "too_long", most);
  if (length < (Number(settings.min) || MIN)) return strings.too_short;
  return undefined;
};

/** Report what is selected now. */
export const open = async (widget: Widget): Promise<void> => {
  if (form) return;
  const selection = getSelection();
  const captured = selection && capture(selection);
  const tongue = await language(widget);
  hideOffer();
  if (form) return;
  const reason = objection(widget, tongue, captured);
  if (reason || !captured) { say(widget, tongue, reason ?? ""); return; }
  if (!emit("open", { exact: captured.exact })) return;

  // A failure here shows itself when it is needed.
  sender(widget).catch(() => 0);
  const opened = performance.now();
  const written = (entered: Entered): Written => ({
    ...entered,
    elapsed: Math.round(performance.now() - opened),
  });
  if (widget.settings.mode === "send") {
    const nothing = { suggestion: "", comment: "", email: "", website: "" };
    const failure = await deliver(widget, tongue, captured, written(nothing));
    if (failure !== undefined) say(widget, tongue, fill(tongue.strings.failed, { reason: failure }));
    return;
  }
  toast?.remove();
  const restore = rememberSelection();
  form = showForm(
    hostFor(widget, tongue),
    widget.settings,
    tongue,
    captured,
    async (entered) => {
      const failure = await deliver(widget, tongue, captured, written(entered), () => form?.close());
      if (failure !== undefined) form?.fail(failure);
    },
    () => {
      form = undefined;
      restore();
    },
  );
};

/** Send and tell the reader. The reason where the server refused; undefined otherwise. */
const deliver = async (
  widget: Widget,
  tongue: Language,
  captured: Captured,
  written: Written,
  done?: () => void,
): Promise<string | undefined> => {
  let outcome;
  try {
    outcome = await (await sender(widget)).report(widget, captured, written);
  } catch {
    return "";
  }
  const { strings } = tongue;
  if (outcome.kind === "refused" || outcome.kind === "limited") {
    const reason = outcome.kind === "limited" ? strings.limited : outcome.reason;
    emit("error", { reason });
    return reason;
  }
  emit("sent", outcome);
  done?.();
  say(
    widget,
    tongue,
    outcome.kind === "kept"
      ? strings.queued
      : outcome.known
        ? plural(tongue, "known", outcome.readers)
        : strings.thanks,
  );
  return undefined;
};

/** Focus moves into the dialog and takes the selection with it: give it back afterwards. */
const rememberSelection = (): (() => void) => {
  const selection = getSelection();
  const range = selection?.rangeCount ? selection.getRangeAt(0).cloneRange() : undefined;
  const active = document.activeElement;
  return () => {
    if (active instanceof HTMLElement && active !== document.body) active.focus({ preventScroll: true });
    if (!range) return;
    selection?.removeAllRanges();
    selection?.addRange(range);
  };
};

const hideOffer = (): void => {
  offer?.remove();
  offer = undefined;
};

/** The selection settled or went away; by touch or pen it gets a button of its own. */
export const selected = async (widget: Widget, touched: boolean): Promise<void> => {
  if (form) return;
  const tongue = await language(widget);
  hideOffer();
  const selection = getSelection();
  if (!touched || widget.settings.touch === "off" || !selection?.rangeCount || selection.isCollapsed) return;
  const rects = selection.getRangeAt(0).getClientRects();
  const last = rects[rects.length - 1];
  if (!last) return;
  const button = element("button", { class: "go at" }, tongue.strings.button);
  const shown = hostFor(widget, tongue);
  // Below the handles of the selection; the system's menu stands above it.
  const gap = 40;
  const y = Math.min(last.bottom + gap, innerHeight - 56);
  const x = Math.min(Math.max((last.left + last.right) / 2, 110), innerWidth - 110);
  shown.place(x + scrollX, y + scrollY);
  // A tap must not take the selection away before it is read.
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("click", () => void open(widget));
  offer = button;
  shown.show(button);
};

export const close = (): void => form?.close();

export const destroy = (): void => {
  close();
  host?.remove();
  host = offer = toast = undefined;
};
