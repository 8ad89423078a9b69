// A correction or a note written within a row of a list. Without scripts the same links lead to the
// report's page.
"use strict";
{
  const formOf = (element) => element.closest?.(".write");
  const fieldOf = (form) => form.querySelector("textarea");
  const isChanged = (form) => fieldOf(form).value !== fieldOf(form).defaultValue;

  const write = (form) => {
    form.hidden = false;
    const field = fieldOf(form);
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
    form.scrollIntoView({ block: "nearest" });
  };

  // What was typed is there again when the form is.
  const close = (form) => {
    form.closest(".row").focus({ preventScroll: true });
    if (isChanged(form)) form.hidden = true;
    else form.remove();
  };

  document.addEventListener("keydown", (event) => {
    const form = formOf(event.target);
    if (!form || event.isComposing) return;
    if (event.key === "Escape") close(form);
    else if (
      event.key === "Enter" &&
      event.target.matches("[data-enter-saves]") &&
      !(event.shiftKey || event.ctrlKey || event.metaKey || event.altKey)
    ) {
      if (!event.repeat) form.requestSubmit();
    } else return;
    event.preventDefault();
  });

  document.addEventListener("click", ({ target }) => {
    if (target.matches(".write .close")) close(formOf(target));
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, target } = event.detail;
    if (!elt.matches("[data-writes]")) return;
    const begun = target.querySelector(`[data-written="${elt.dataset.writes}"]`);
    if (!begun) return;
    event.preventDefault();
    write(begun);
  });

  // Another action on the same row does not take away what is being written, not even where it
  // leaves only a line of the row.
  let kept = [];
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const { target, requestConfig } = detail;
    if (!target.matches(".row")) return;
    const others = (form) => form !== requestConfig.elt && isChanged(form);
    kept = [...target.querySelectorAll(".write")].filter(others);
    kept.row = target.id;
  });

  const slotOf = (row) => {
    const slot = row.querySelector(".writing");
    if (slot) return slot;
    const added = document.createElement("div");
    added.className = "writing";
    row.append(added);
    return added;
  };

  document.addEventListener("htmx:afterSwap", () => {
    const row = kept.length > 0 && document.getElementById(kept.row);
    if (row) {
      const version = row.querySelector(".writing [name=version]") ??
        row.querySelector(".actions [name=version]");
      const slot = slotOf(row);
      for (const form of kept) {
        if (version) form.elements.version.value = version.value;
        // A line has no key that would bring it back.
        if (row.matches(".done")) form.hidden = false;
        slot.append(form);
      }
    }
    kept = [];
  });

  // Nor does leaving the page, unasked.
  window.addEventListener("beforeunload", (event) => {
    if ([...document.querySelectorAll(".write")].some(isChanged)) event.preventDefault();
  });

  document.addEventListener("htmx:load", ({ target }) => {
    const fresh = ".write:not([data-begun])";
    const form = target.matches?.(fresh) ? target : target.querySelector?.(fresh);
    if (!form) return;
    form.dataset.begun = "";
    write(form);
  });
}
