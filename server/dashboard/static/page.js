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

  // So that days are those in which these moments are, and a new site is where its owner is.
  const { timeZone } = format.resolvedOptions();
  for (const part of document.querySelectorAll("[data-browser-zone]")) {
    if (part.matches("input")) part.value = timeZone;
    else part.textContent = timeZone;
  }

  // What pops open begins with its field, and closes by Escape or a click elsewhere.
  for (const sheet of document.querySelectorAll("details.pops")) {
    sheet.addEventListener("toggle", () => {
      const inside = sheet.querySelector(":scope > :not(summary)");
      if (!sheet.open || inside.contains(document.activeElement)) return;
      inside.querySelector("input:not([type=hidden])")?.focus();
    });
    document.addEventListener("click", ({ target }) => {
      if (sheet.open && !sheet.contains(target)) sheet.open = false;
    });
    sheet.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      sheet.open = false;
      sheet.querySelector("summary").focus();
    });
  }

  // A browser keeps the clipboard to itself outside of secure pages.
  for (const button of document.querySelectorAll("[data-copies]")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
      button.textContent = document.body.dataset.copied;
    });
  }
}
