// Keys for editors: one letter presses the button or follows the link that names it in data-key.
"use strict";
{
  const rows = [...document.querySelectorAll(".row")];
  const scope = () => rows.find((row) => row.contains(document.activeElement));

  const move = (step) => {
    const present = rows.indexOf(scope());
    const next = rows[present < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, present + step))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };

  const takesText = (element) =>
    element.isContentEditable || element.matches("input:not([type=hidden]), select, textarea");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target instanceof Element && takesText(event.target)) return;
    const step = { j: 1, k: -1 }[event.key];
    if (rows.length && step) {
      move(step);
    } else {
      const within = rows.length ? scope() : document;
      const target = within?.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
      if (!target) return;
      target.click();
    }
    event.preventDefault();
  });

  // After an action the page comes back: the first row is where the work goes on.
  if (document.querySelector(".message")) rows[0]?.focus({ preventScroll: true });
}
