/**
 * Loaded on every page view, so as small as can be: waits for the shortcut or a selection and
 * loads the dialog then. Listens neither to scrolling nor to pointer movement.
 */
import type { Settings, Widget } from "./settings";

declare const VERSION: string;

type Dialog = typeof import("./dialog/index");
type Hint = typeof import("./hint/index");
type Sender = typeof import("./send/index");

interface Api {
  open(): Promise<void>;
  close(): void;
  configure(settings: Settings): void;
  destroy(): void;
}

declare global {
   
  var copydesk: Api | undefined;
   
  var copydeskSettings: Settings | undefined;
}

/** A selection has settled when it did not change for this long. */
const SETTLED_MS = 250;

const start = (script: HTMLScriptElement): Api => {
  const server = script.src.replace(/(w|widget\/[^/]+)\/[^/]*$/, "");
  const settings: Settings = { ...globalThis.copydeskSettings, ...script.dataset };
  const stop = new AbortController();
  let dialog: Promise<Dialog> | undefined;
  let timer: ReturnType<typeof setTimeout>;
  let pointer = "";

  const widget: Widget = {
    settings,
    server,
    files: `${server}widget/${VERSION}/`,
    version: VERSION,
    allows(node) {
      const element = node instanceof Element ? node : node?.parentElement;
      const { article, exclude } = settings;
      return !!element && (!article || !!element.closest(article)) && !(exclude && element.closest(exclude));
    },
  };

  const load = (): Promise<Dialog> =>
    (dialog ??= (import(`${widget.files}dialog.js`) as Promise<Dialog>).then(
      (module) => (module.prepare(widget), module),
      (error: unknown) => {
        dialog = undefined;
        document.dispatchEvent(new CustomEvent("copydesk:error", { detail: { reason: "not-loaded" } }));
        throw error;
      },
    ));
  /** Nobody waits for this: a failure has been told by its event. */
  const use = (task: (module: Dialog) => unknown): void => void load().then(task, () => 0);
  const idly = (task: () => unknown): void => {
    (globalThis.requestIdleCallback ?? setTimeout)(task);
  };
  /** Another part of the widget; what it would have done can wait for the next page view. */
  const part = (name: string, task: (module: never) => unknown): void =>
    void (import(`${widget.files}${name}.js`) as Promise<never>).then(task, () => 0);
  const on = (target: EventTarget, type: string, listener: (event: never) => void): void =>
    target.addEventListener(type, listener as EventListener, { signal: stop.signal, passive: false });

  const typesText = (event: Event): boolean => {
    const target = event.composedPath()[0] as HTMLElement;
    return (
      document.designMode === "on" ||
      target.isContentEditable ||
      !!target.closest?.("input,textarea,select,[role=textbox]")
    );
  };

  on(globalThis, "keydown", (event: KeyboardEvent) => {
    if (
      (event.ctrlKey || event.metaKey) &&
      !event.altKey &&
      !event.shiftKey &&
      !event.repeat &&
      !event.isComposing &&
      !event.defaultPrevented &&
      (event.key + event.code).endsWith("Enter") &&
      !typesText(event)
    ) {
      event.preventDefault();
      use((module) => module.open(widget));
    }
  });
  on(document, "pointerdown", (event: PointerEvent) => (pointer = event.pointerType));
  on(document, "selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const selection = getSelection();
      const meant = !!selection && !selection.isCollapsed && widget.allows(selection.anchorNode);
      if (meant || dialog)
        use((module) => module.selected(widget, meant && pointer !== "mouse" && pointer !== ""));
    }, SETTLED_MS);
  });

  const decorate = (): void => {
    try {
      if (localStorage[`copydesk:${settings.site}`])
        idly(() => part("send", (module: Sender) => module.flush(widget)));
    } catch {
      // No storage: nothing was kept.
    }
    if (settings.button) idly(() => use(() => 0));
    if (document.querySelector("copydesk-hint,[data-hint='']"))
      idly(() => part("hint", (module: Hint) => module.hint(widget)));
  };
  if (document.readyState === "loading") on(document, "DOMContentLoaded", decorate);
  else decorate();

  return {
    open: () => load().then((module) => module.open(widget)),
    close: () => void dialog?.then((module) => module.close()),
    configure(changes) {
      Object.assign(settings, changes);
      void dialog?.then((module) => module.prepare(widget));
      decorate();
    },
    destroy() {
      stop.abort();
      clearTimeout(timer);
      void dialog?.then((module) => module.destroy());
      document.querySelectorAll("copydesk-hint").forEach((place) => place.replaceChildren());
      globalThis.copydesk = undefined;
    },
  };
};

// A second tag, or a page script run again, finds the first one at work.
if (!globalThis.copydesk && document.currentScript)
  globalThis.copydesk = start(document.currentScript as HTMLScriptElement);
