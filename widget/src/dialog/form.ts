/** The dialog: what will be sent, a correction, a comment. */
import { fill, type Language } from "../locale";
import type { Settings } from "../settings";
import type { Captured } from "../text/index";
import { element, type Host } from "./host";

export interface Entered {
  suggestion: string;
  comment: string;
  email: string;
  website: string;
}

export interface Form {
  /** Tell the reader what went wrong; the text stays. */
  fail(reason: string): void;
  close(): void;
}

/** A longer correction gets several lines. In UTF-16 code units. */
const ONE_LINE = 48;

/**
 * Show the dialog. `submit` is called once for each press while none is under way, and settles
 * when the dialog is closed or has shown an error; `closed` when it is gone, whatever the reason.
 */
export const showForm = (
  host: Host,
  settings: Settings,
  language: Language,
  captured: Captured,
  submit: (entered: Entered) => Promise<void>,
  closed: () => void,
): Form => {
  const { strings } = language;
  const text = { lang: captured.language || undefined, dir: "auto" };
  const optional = (): HTMLElement => element("span", {}, ` (${strings.optional})`);
  const field = (label: string, input: HTMLElement): HTMLElement =>
    element("label", {}, label, optional(), input);

  const long = captured.exact.length > ONE_LINE;
  const suggestion = element(long ? "textarea" : "input", {
    ...text, autocomplete: "off", maxlength: "1000", rows: long ? "3" : undefined,
  });
  suggestion.value = captured.exact;
  const comment = element("textarea", { maxlength: "2000", rows: "2", dir: "auto" });
  const email = element("input", { type: "email", autocomplete: "email", maxlength: "254", dir: "ltr" });
  const website = element("input", { name: "website", hidden: true });
  const alert = element("p", { role: "alert" });
  const send = element("button", { class: "go" }, strings.send);
  const cancel = element("button", { type: "button" }, strings.cancel);
  const full = settings.mode !== "confirm";
  const asksEmail = settings.askEmail !== undefined && !/^(false|off)$/.test(`${settings.askEmail}`);

  const form = element(
    "form",
    { novalidate: true },
    element("h2", { id: "title" }, strings.title),
    element("p", { id: "intro" }, strings.intro),
    element(
      "blockquote", text, captured.before, element("mark", {}, captured.exact), captured.after,
    ),
    full && field(strings.suggestion, suggestion),
    full && field(strings.comment, comment),
    full && asksEmail && field(strings.email, email),
    website,
    alert,
    element("div", {}, cancel, send),
  );
  const dialog = element(
    "dialog", { "aria-labelledby": "title", "aria-describedby": "intro" }, form,
  );

  let busy = false;
  const fail = (reason: string): void => {
    alert.textContent = reason;
    alert.scrollIntoView({ block: "nearest" });
  };
  const finish = async (): Promise<void> => {
    if (busy) return;
    if (email.value && !email.checkValidity()) {
      fail(strings.invalid_email);
      email.focus();
      return;
    }
    busy = true;
    alert.textContent = "";
    send.setAttribute("aria-disabled", "true");
    send.textContent = strings.sending;
    await submit({
      suggestion: full ? suggestion.value.trim() : "",
      comment: comment.value.trim(),
      email: email.value.trim(),
      website: website.value,
    });
    busy = false;
    send.removeAttribute("aria-disabled");
    send.textContent = strings.send;
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void finish();
  });
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && !event.repeat) {
      event.preventDefault();
      void finish();
    }
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    closed();
  });

  host.show(dialog);
  dialog.showModal();
  if (full) suggestion.select();
  (full ? suggestion : send).focus();
  return {
    fail: (reason) => fail(fill(strings.failed, { reason })),
    close: () => dialog.close(),
  };
};
