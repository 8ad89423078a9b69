/** The dialog: what will be sent, a correction, a comment. */
import { element } from "../dom";
import { string, Text } from "../locale";
import { isOn, widget } from "../settings";
import { NOTHING, type Written } from "../send/submission";
import type { Captured } from "../text/index";

export interface Form {
  dialog: HTMLDialogElement;
  /** Put the focus where the reader begins. */
  focus(): void;
}

/** A longer correction gets several lines. In UTF-16 code units. */
const ONE_LINE = 40;

/**
 * Make the dialog. `close` takes it away. `submit` is called once for each press while none is under way; it settles with
 * what went wrong, told to the reader with all text kept, or with nothing once the dialog is closed.
 */
export const makeForm = (
  { exact, before, after, language: lang }: Captured,
  submit: (written: Written) => Promise<string | undefined>,
  close: () => void,
): Form => {
  const { mode, askEmail } = widget.settings;
  const full = mode !== "confirm";
  const text = { lang, dir: "auto" };
  const field = (label: string, input: HTMLElement): HTMLElement =>
    element("label", {}, label, element("span", {}, ` (${string(Text.optional)})`), input);

  const suggestion = element(exact.length > ONE_LINE ? "textarea" : "input", {
    ...text,
    value: exact,
    autocomplete: "off",
    maxLength: 1000,
  });
  const comment = element("textarea", { dir: "auto", maxLength: 2000 });
  const email = element("input", { type: "email", autocomplete: "email", maxLength: 254 });
  const website = element("input", { name: "website", hidden: true, autocomplete: "off" });
  const alert = element("p", { role: "alert" });
  const send = element("button", { className: "go" }, string(Text.send));
  const cancel = element("button", { type: "button" }, string(Text.cancel));

  const form = element(
    "form",
    { noValidate: true },
    element("h2", { id: "title" }, string(Text.title)),
    element("p", { id: "intro" }, string(Text.intro)),
    element("blockquote", text, before, element("mark", {}, exact), after),
    full && field(string(Text.suggestion), suggestion),
    full && field(string(Text.comment), comment),
    full && isOn(askEmail, false) && field(string(Text.email), email),
    website,
    alert,
    element("div", {}, cancel, send),
  );
  const dialog = element("dialog", {}, form);
  dialog.setAttribute("aria-labelledby", "title");
  dialog.setAttribute("aria-describedby", "intro");

  let busy = false;
  const press = async (): Promise<void> => {
    if (busy) return;
    alert.textContent = "";
    if (!email.checkValidity()) {
      alert.textContent = string(Text.invalid_email);
      email.focus();
      return;
    }
    busy = true;
    send.ariaDisabled = "true";
    send.textContent = string(Text.sending);
    const failure = await submit(
      full
        ? {
            suggestion: suggestion.value.trim(),
            comment: comment.value.trim(),
            email: email.value.trim(),
            website: website.value,
          }
        : NOTHING,
    );
    busy = false;
    send.ariaDisabled = null;
    send.textContent = string(Text.send);
    alert.textContent = failure ?? "";
    alert.scrollIntoView({ block: "nearest" });
  };

  form.onsubmit = (event) => {
    event.preventDefault();
    void press();
  };
  cancel.onclick = close;
  dialog.onkeydown = (event) => {
    if (event.key === "Escape" && !event.isComposing) {
      event.preventDefault();
      close();
    } else if (
      (event.ctrlKey || event.metaKey) &&
      (event.key + event.code).includes("Enter") &&
      !event.repeat &&
      !event.isComposing
    ) {
      event.preventDefault();
      void press();
    }
  };
  return {
    dialog,
    focus: () => {
      suggestion.select();
      (full ? suggestion : send).focus();
    },
  };
};
