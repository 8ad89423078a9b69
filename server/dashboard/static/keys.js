// Keys for editors: one letter presses the button or follows the link that names it in data-key.
// Within a list the focused row's own come first. They can be turned off (WCAG 2.2, 2.1.4).
"use strict";
{
  const OFF = "copydesk-keys-off";
  const rows = [...document.querySelectorAll(".row")];
  const sheet = document.getElementById("keys");
  const present = () => rows.findIndex((row) => row.contains(document.activeElement));

  const focus = (row) => {
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  };

  const move = (step) => {
    const here = present();
    focus(rows[here < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, here + step))]);
  };

  const targetOf = (key) => {
    const selector = `[data-key="${CSS.escape(key)}"]`;
    const outside = (element) => !rows.some((row) => row.contains(element));
    return (
      rows[present()]?.querySelector(selector) ??
      [...document.querySelectorAll(selector)].find(outside)
    );
  };

  // On a keyboard of another script the same key counts.
  const letterOf = ({ key, code }) =>
    /^[!-~]$/.test(key) ? key : code.replace(/^Key/, "").toLowerCase();

  const takesText = (element) =>
    element.isContentEditable || element.matches("input, select, textarea, dialog *");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target instanceof Element && takesText(event.target)) return;
    const key = letterOf(event);
    if (window.localStorage.getItem(OFF) && key !== "?") return;
    const step = { j: 1, k: -1 }[key];
    if (rows.length && step) {
      move(step);
    } else {
      const target = targetOf(key);
      // A key that is held down decides once.
      if (!target || event.repeat) return;
      target.click();
    }
    event.preventDefault();
  });

  for (const button of document.querySelectorAll("[data-opens]")) {
    button.hidden = false;
    button.addEventListener("click", () => sheet.showModal());
  }

  const choice = document.getElementById("keys-on");
  choice.checked = !window.localStorage.getItem(OFF);
  choice.addEventListener("change", () => {
    if (choice.checked) window.localStorage.removeItem(OFF);
    else window.localStorage.setItem(OFF, "1");
  });

  // After an action the address names the row where the work goes on.
  if (location.hash) focus(rows.find((row) => `#${row.id}` === location.hash));
}
