// Keys for editors: one letter presses the button, follows the link or goes to the field that names
// it in data-key. Within a list the focused row's own come first. They can be turned off (WCAG 2.2,
// 2.1.4).
"use strict";
{
  const OFF = "copydesk-keys-off";
  const FIELD = "textarea, select, input:not([type=checkbox], [type=hidden])";
  const sheet = document.getElementById("keys");
  // Rows come and go: looked up each time.
  const rowsNow = () => [...document.querySelectorAll(".row:not(.done)")];
  const presentRow = () => document.activeElement?.closest(".row");

  const focus = (row) => {
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  };

  const move = (step) => {
    const rows = rowsNow();
    const here = rows.indexOf(presentRow());
    // Whoever scrolled goes on with what is to be seen.
    const seen = rows.findIndex((row) => row.getBoundingClientRect().top >= 0);
    focus(rows[here < 0 ? Math.max(0, seen) : Math.min(rows.length - 1, Math.max(0, here + step))]);
  };

  // What is selected comes before the row that is looked at, and that before the page.
  const targetOf = (key) => {
    const selector = `[data-key="${CSS.escape(key)}"]`;
    const elsewhere = (element) => !element.closest(".row, [hidden]");
    return (
      document.querySelector(`.bulk.active ${selector}`) ??
      presentRow()?.querySelector(selector) ??
      [...document.querySelectorAll(selector)].find(elsewhere)
    );
  };

  const open = (details) => {
    details.open = true;
    details.querySelector(FIELD)?.focus();
  };

  const press = (target) => {
    if (target.matches(FIELD)) target.focus();
    else if (target.matches("summary") && !target.parentElement.open) open(target.parentElement);
    else target.click();
  };

  // On a keyboard of another script the same key counts.
  const letterOf = ({ key, code }) =>
    /^[!-~]$/.test(key) ? key : code.replace(/^Key/, "").toLowerCase();

  const takesText = (element) =>
    element.isContentEditable || element.matches(`${FIELD}, dialog *`);

  document.addEventListener("keydown", (event) => {
    // Enter alone is a new line in what is written.
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      if (!event.repeat && event.target.matches?.("textarea")) event.target.form?.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target instanceof Element && takesText(event.target)) return;
    // Enter belongs to what is focused, where that does something by itself.
    if (event.key === "Enter" && !event.target.matches?.(".row")) return;
    const key = event.key === "Enter" ? "o" : letterOf(event);
    if (window.localStorage.getItem(OFF) && key !== "?") return;
    const step = { j: 1, k: -1 }[key];
    if (step && rowsNow().length) {
      move(step);
    } else {
      const target = targetOf(key);
      // A key that is held down decides once.
      if (!target || event.repeat) return;
      press(target);
    }
    event.preventDefault();
  });

  for (const button of document.querySelectorAll("[data-opens]")) {
    button.hidden = false;
    button.addEventListener("click", () => sheet.showModal());
  }

  // The browser's way back from a report leads to its row.
  document.addEventListener("click", ({ target }) => {
    const row = target.closest?.("a.open")?.closest(".row");
    if (row) window.history.replaceState(window.history.state, "", `#${row.id}`);
  });

  const choice = document.getElementById("keys-on");
  choice.checked = !window.localStorage.getItem(OFF);
  choice.addEventListener("change", () => {
    if (choice.checked) window.localStorage.removeItem(OFF);
    else window.localStorage.setItem(OFF, "1");
  });

  // After an action the address names the row where the work goes on, or what is to be written.
  const aim = document.getElementById(location.hash.slice(1));
  if (aim?.closest("details")) aim.closest("details").open = true;
  if (aim?.matches(FIELD)) aim.focus();
  else if (aim?.matches(".row")) focus(aim);
}
