// Selecting reports for one action on all of them. Without scripts the checkboxes and the buttons
// are simply there.
"use strict";
{
  const bar = document.getElementById("bulk");
  const picks = () => [...document.querySelectorAll(".pick")];
  const whole = bar?.querySelector("[name=whole]");
  const every = bar?.querySelector(".every");
  let last = null;

  const show = () => {
    const all = picks();
    const count = all.filter((pick) => pick.checked).length;
    const active = count > 0 || whole.checked;
    bar.classList.toggle("active", active);
    bar.querySelector(".with-selection").hidden = !active;
    bar.querySelector(".how-many").textContent = count;
    every.checked = count > 0 && count === all.length;
    every.indeterminate = count > 0 && count < all.length;
  };

  if (bar) {
    every.closest("label").hidden = false;
    bar.querySelector(".how-many").parentElement.hidden = false;
    every.addEventListener("change", () => {
      for (const pick of picks()) pick.checked = every.checked;
      show();
    });
    whole.addEventListener("change", show);
    // The work goes on at the next report that is not selected.
    bar.addEventListener("submit", () => {
      const rows = [...document.querySelectorAll(".row:not(.done)")];
      const isChosen = (row) => row.querySelector(".pick:checked");
      const end = rows.findLastIndex(isChosen) + 1;
      const next = rows[end] ?? rows.slice(0, end).findLast((row) => !isChosen(row));
      bar.elements.next.value = whole.checked || !next ? "" : next.id.replace("report-", "");
    });
    document.addEventListener("click", (event) => {
      const pick = event.target.closest?.(".pick");
      if (!pick) return;
      const all = picks();
      if (event.shiftKey && last?.isConnected) {
        const [from, to] = [all.indexOf(last), all.indexOf(pick)].sort((one, other) => one - other);
        for (const each of all.slice(from, to + 1)) each.checked = pick.checked;
      }
      last = pick;
      show();
    });
    // Rows come and go.
    document.addEventListener("htmx:afterSettle", show);
    show();
  }
}
