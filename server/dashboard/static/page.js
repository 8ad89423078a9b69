// What every page does better with scripts; without them it works all the same.
"use strict";
{
  // Moments come in UTC and are shown in the editor's own time zone.
  const format = new Intl.DateTimeFormat(document.documentElement.lang, {
    dateStyle: "medium",
    timeStyle: "short",
  });
  const showTimes = (part) => {
    for (const time of part.querySelectorAll("time")) {
      const moment = format.format(new Date(time.dateTime));
      if (time.classList.contains("moment")) time.textContent = moment;
      else time.title = moment;
    }
  };
  showTimes(document);
  // What comes into the page later.
  document.addEventListener("htmx:load", ({ target }) => showTimes(target));

  const account = document.querySelector("details.account");
  document.addEventListener("click", (event) => {
    if (account?.open && !account.contains(event.target)) account.open = false;
  });
  account?.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    account.open = false;
    account.querySelector("summary").focus();
  });

  // A browser keeps the clipboard to itself outside of secure pages.
  for (const button of document.querySelectorAll("[data-copies]")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
      button.textContent = document.body.dataset.copied;
    });
  }
}
