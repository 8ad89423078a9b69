/**
 * Loaded on every page view, so as small as can be: waits for the shortcut or a selection and
 * loads the dialog then. Listens neither to scrolling nor to pointer movement.
 */
import type { Settings, Widget } from "./settings";

declare const VERSION: string;

type Dialog = typeof import("./dialog/index");
type Invitation = typeof import("./invitation/index");
type Kept = typeof import("./kept/index");

/** The page's own programs may call this: `window.copydesk`, see docs/widget.md. */
interface Api {
  open(): Promise<void>;
  close(): void;
  configure(changes?: Settings): void;
  destroy(): void;
}

declare global {
  var copydesk: Api | undefined;
  var copydeskSettings: Settings | undefined;
}

/** A selection has settled when it did not change for this long. */
const SETTLED_MS = 250;

/** Where people write; there the shortcut belongs to the page. */
const FIELDS = ":read-write,input,textarea,select,[role$=box]";

/** What Ctrl+Enter already means something on: it opens a link in a new tab. */
const CONTROLS = "a[href],button,summary";

/** Whether a node or something around it matches; sees through open shadow roots. */
const within = (node: Node | null | undefined, selector: string): boolean =>
  !!node &&
  ((node as Element).matches?.(selector) ||
    within(node.parentNode ?? (node as ShadowRoot).host, selector));

const start = (script: HTMLScriptElement): Api => {
  const server = script.src.replace(/(w|widget\/[^/]+)\/[^/?]+(\?.*)?$/, "");
  const settings: Settings = { ...globalThis.copydeskSettings, ...script.dataset };
  const files = `${server}widget/${VERSION}/`;
  const stop = new AbortController();
  const { signal } = stop;
  let dialog: Promise<Dialog> | undefined;
  let timer: ReturnType<typeof setTimeout>;
  let touched = false;
  let failures = "";

  const load = (): Promise<Dialog> =>
    (dialog ??= (import(`${files}dialog.js${failures}`) as Promise<Dialog>).then(
      (module) => (module.prepare(widget), module),
      (error: unknown) => {
        dialog = undefined;
        // Some browsers remember for an address that it could not be loaded.
        failures += "?";
        document.dispatchEvent(
          new CustomEvent("copydesk:error", { detail: { reason: "not-loaded" } }),
        );
        throw error;
      },
    ));

  const widget: Widget = {
    settings,
    server,
    files,
    version: VERSION,
    signal,
    load,
    allows: (node) =>
      (!settings.article || within(node, String(settings.article))) &&
      !(settings.exclude && within(node, String(settings.exclude))),
  };

  /** Nobody waits for this: a failure has been told by its event. */
  const use = (task: (module: Dialog) => unknown): void => void load().then(task, () => 0);
  const idly = (task: () => unknown): unknown =>
    (globalThis.requestIdleCallback ?? setTimeout)(task);
  const on = (
    target: EventTarget,
    type: string,
    listener: (event: never) => unknown,
    capture = false,
  ): void => target.addEventListener(type, listener as EventListener, { signal, capture });

  const selectedText = (): string => String(getSelection() ?? "").trim();
  const isEditing = (node: Node | null | undefined): boolean =>
    document.designMode === "on" || within(node, FIELDS);

  on(
    globalThis,
    "keydown",
    (event: KeyboardEvent) => {
      const target = event.composedPath()[0] as Element;
      if (
        (event.ctrlKey || event.metaKey) &&
        !event.altKey &&
        !event.shiftKey &&
        !event.repeat &&
        !event.isComposing &&
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- how Safari tells of an IME
        event.keyCode !== 229 &&
        (event.key + event.code).includes("Enter") &&
        !isEditing(target) &&
        (selectedText() || !within(target, CONTROLS))
      )
        // Added now, so that it comes after whatever the page itself does with this key.
        globalThis.addEventListener(
          "keydown",
          (later) => {
            if (later !== event || event.defaultPrevented) return;
            event.preventDefault();
            use((module) => module.open());
          },
          { once: true },
        );
    },
    true,
  );
  on(
    globalThis,
    "pointerdown",
    (event: PointerEvent) => (touched = event.pointerType !== "mouse"),
    true,
  );
  on(document, "selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const selection = getSelection();
      const node = selection?.anchorNode ?? null;
      const meant =
        !!selectedText() &&
        widget.allows(node) &&
        !isEditing(node) &&
        !isEditing(document.activeElement);
      if (meant || dialog) use((module) => module.selected(meant && touched));
    }, SETTLED_MS);
  });

  /** What invites readers is loaded when it comes near; it can wait, and can fail. */
  const invite = (): void =>
    void (import(`${files}invitation.js`) as Promise<Invitation>).then(
      (module) => module.invite(widget),
      () => 0,
    );
  const near = new IntersectionObserver(
    (places) => {
      if (!places.some((place) => place.isIntersecting)) return;
      near.disconnect();
      invite();
    },
    { rootMargin: "50%" },
  );
  const look = (): void => {
    document
      .querySelectorAll("copydesk-hint,[data-hint='']")
      .forEach((place) => near.observe(place));
    if (settings.button) idly(invite);
  };

  // Single-page applications put hints in later.
  if (!customElements.get("copydesk-hint"))
    customElements.define(
      "copydesk-hint",
      class extends HTMLElement {
        connectedCallback(): void {
          globalThis.copydesk?.configure();
        }
      },
    );
  if (document.readyState === "loading") on(document, "DOMContentLoaded", look);
  else look();
  idly(() => {
    try {
      if (Object.keys(localStorage).some((name) => name.startsWith("copydesk:")))
        void (import(`${files}kept.js`) as Promise<Kept>).then(
          (module) => module.deliver(widget),
          () => 0,
        );
    } catch {
      // No storage: nothing was kept.
    }
  });

  return {
    open: () => load().then((module) => module.open()),
    close: () => void dialog?.then((module) => module.close()),
    configure(changes) {
      Object.assign(settings, changes);
      if (changes) void dialog?.then((module) => module.prepare(widget));
      look();
    },
    destroy() {
      stop.abort();
      clearTimeout(timer);
      near.disconnect();
      globalThis.copydesk = undefined;
    },
  };
};

// A second tag, or a page script run again, finds the first one at work. (An element of the page
// whose id is "copydesk" has this name too.)
if (!globalThis.copydesk?.destroy && document.currentScript)
  globalThis.copydesk = start(document.currentScript as HTMLScriptElement);
