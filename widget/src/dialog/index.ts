/** Loaded when it is needed: captures the selection, shows the dialog, sends. */
import { lookInto, NOTHING_FOUND } from "../background/ask";
import type { Background } from "../background/index";
import { element, emit } from "../dom";
import { makeHost, type Host } from "../host";
import { fill, keys, loadLanguage, plural, string, Text } from "../locale";
import { NOTHING, newKey, submission, type Written } from "../send/submission";
import { flush, send } from "../send/transport";
import { isOn, setWidget, widget, type Widget } from "../settings";
import { capture, type Captured } from "../text/index";
import { makeForm } from "./form";
import { placeBelow } from "./offer";
import css from "./style.css";

/** Longest and shortest selection, in code points, unless the owner says otherwise. */
const MAX = 300;
const MIN = 1;
/** The most that a server takes. */
const LIMIT = 1000;
/** A note stays this long, and longer the longer it is. */
const NOTE_MS = 5000;
const NOTE_MS_PER_CHARACTER = 60;

interface Grabbed {
  captured: Captured;
  /** Whether both its ends lie where reports are taken. */
  allowed: boolean;
}

let host: Host | undefined;
let ready: Promise<void>;
let dialog: HTMLDialogElement | undefined;
/** How often an end was asked for: a dialog that waits for its language then does not come. */
let ends = 0;
/** Take the open dialog away. */
let leave = (): void => undefined;
let offer: HTMLElement | undefined;
let note: HTMLElement | undefined;
/** Where the selection goes away with a tap: what was selected when the tap began. */
let remembered: Grabbed | undefined;
/** In the mode without a dialog: this selection has been sent. */
let done = false;

const setUp = async (): Promise<void> => {
  await loadLanguage();
  host = makeHost(css);
};

/** Called once the file is loaded and when settings change: fetch the language meanwhile. */
export const prepare = (given: Widget): void => {
  setWidget(given);
  destroy();
  ready = setUp();
  given.signal.onabort = destroy;
};

const destroy = (): void => {
  close();
  host?.remove();
};

export const close = (): void => {
  ends++;
  leave();
};

const grab = (): Grabbed | undefined => {
  const selection = getSelection();
  const captured = selection && capture(selection);
  if (!captured) return undefined;
  const { startContainer, endContainer, endOffset } = selection.getRangeAt(0);
  // A triple click ends at the very beginning of what follows.
  const allowed = widget.allows(startContainer) && (!endOffset || widget.allows(endContainer));
  return { captured, allowed };
};

export const remember = (): void => {
  remembered = grab();
};

/** A short note that screen readers speak and that goes by itself. */
const say = (text: string): void => {
  note?.remove();
  const line = element("span", {});
  const own = (note = element(
    "div",
    { role: "status" },
    line,
    element("button", { ariaLabel: string(Text.close), onclick: () => own.remove() }, "×"),
  ));
  host?.show(own);
  // A live region speaks what changes after it is there.
  setTimeout(() => (line.textContent = text), 50);
  setTimeout(() => own.remove(), NOTE_MS + text.length * NOTE_MS_PER_CHARACTER);
};

/** What stands against reporting this selection; undefined where nothing does. */
const objection = (grabbed: Grabbed | undefined): string | undefined => {
  const { min, max } = widget.settings;
  if (!grabbed)
    return matchMedia("(pointer: coarse)").matches
      ? string(Text.select_first_touch)
      : fill(string(Text.select_first), { keys: keys() });
  if (!grabbed.allowed) return string(Text.not_here);
  const length = [...grabbed.captured.exact].length;
  const most = Math.min(Number(max) || MAX, LIMIT);
  if (length > most) return plural(Text.too_long, most);
  if (length < (Number(min) || MIN)) return string(Text.too_short);
  return undefined;
};

/** Report what is selected now. */
export const open = async (): Promise<void> => {
  const grabbed = grab() ?? remembered;
  remembered = undefined;
  const before = ends;
  await ready;
  // A single-page application may have gone on to another language.
  await loadLanguage();
  if (dialog || done || before !== ends) return;
  offer?.remove();
  const reason = objection(grabbed);
  if (reason || !grabbed) {
    say(reason ?? "");
    return;
  }
  const { captured } = grabbed;
  if (!emit("open", captured)) return;

  const background = lookInto();
  const key = newKey();
  const opened = performance.now();
  /** Send and tell the reader; what went wrong where the text is worth another try. */
  const deliver = async (written: Written): Promise<string | undefined> => {
    const elapsed = performance.now() - opened;
    const body = (found: Partial<Background>): string => submission(key, captured, found, written, elapsed);
    const outcome = await send(key, body(NOTHING_FOUND), background().then(body));
    if (outcome.kind === "limited") return string(Text.limited);
    if (outcome.kind === "refused") return fill(string(Text.failed), { reason: outcome.reason });
    close();
    say(
      outcome.kind === "kept"
        ? string(Text.queued)
        : outcome.known
          ? plural(Text.known, outcome.readers)
          : string(Text.thanks),
    );
    return undefined;
  };

  if (widget.settings.mode === "send") {
    done = true;
    const failure = await deliver(NOTHING);
    if (failure) {
      done = false;
      say(failure);
    }
    return;
  }
  note?.remove();
  const restore = rememberSelection();
  const form = makeForm(captured, deliver, close);
  const shown = (dialog = form.dialog);
  // Not left to the "close" event alone: it comes later, and a page or a key may come before it.
  leave = shown.onclose = () => {
    if (dialog !== shown) return;
    dialog = undefined;
    shown.close();
    shown.remove();
    restore();
  };
  host?.show(shown);
  form.focus();
};

/** Focus moves into the dialog and takes the selection with it: give it back afterwards. */
const rememberSelection = (): (() => void) => {
  const selection = getSelection();
  if (!selection?.anchorNode || !selection.focusNode) return () => undefined;
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  return () => selection.setBaseAndExtent(anchorNode, anchorOffset, focusNode, focusOffset);
};

/** The selection settled or went away; by touch or pen it gets a button of its own. */
export const selected = async (touched: boolean): Promise<void> => {
  await ready;
  done = false;
  remembered = undefined;
  offer?.remove();
  const selection = getSelection();
  if (dialog || !touched || !selection?.rangeCount || !isOn(widget.settings.touch, true)) return;
  offer = element(
    "button",
    {
      className: "go at",
      // A tap must not take the selection away before it is read.
      onpointerdown: (event) => {
        event.preventDefault();
        remember();
      },
      onclick: () => void open(),
    },
    string(Text.button),
  );
  host?.style(placeBelow(selection));
  host?.show(offer);
};

export { flush };
addEventListener("online", () => void flush());
