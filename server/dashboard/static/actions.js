// Actions within a list without loading it anew. The row stays where it is and becomes a line that
// says what was done, so that nothing moves under the reader's eyes; the focus goes on to the next.
"use strict";
{
  const PASSES_MS = 10_000;
  const notices = document.getElementById("notices");
  const OPEN = ".row:not(.done)";
  // The row that an answer replaces, and whether the focus goes to it from elsewhere.
  let acted = null;
  let restored = false;

  const beside = (row) => {
    const rows = [...document.querySelectorAll(".row")];
    const here = rows.indexOf(row);
    const isOpen = (each) => each !== row && each.matches(OPEN);
    return rows.slice(here + 1).find(isOpen) ?? rows.slice(0, here).findLast(isOpen);
  };

  const focus = (row) => {
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  };

  const tell = (words) => {
    const notice = document.createElement("div");
    notice.className = "notice";
    notice.dataset.passes = "";
    notice.setAttribute("role", "alert");
    notice.textContent = words;
    notices.replaceChildren(notice);
  };

  // A row's buttons say once where they lead, for those without scripts.
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    const own = detail.elt.closest(".row") && detail.elt.getAttribute("formaction");
    if (own) detail.path = own;
  });

  document.addEventListener("htmx:beforeRequest", ({ detail: { elt, target } }) => {
    if (!target.matches(".row")) return;
    acted = target.id;
    restored = notices.contains(elt);
    const row = elt.closest(".row");
    // At once, so that the next key means the next report.
    if (elt.matches(".act-fixed, .act-rejected, .act-spam")) focus(row && beside(row));
  });

  // Where the session ended, the answer is the page to log in with.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const asked = detail.pathInfo.requestPath.split("?")[0];
    if (!detail.xhr.responseURL || new URL(detail.xhr.responseURL).pathname === asked) return;
    detail.shouldSwap = false;
    // With the page went what is being written.
    if (document.querySelector(".write")) tell(notices.dataset.ended);
    else location.reload();
  });

  document.addEventListener("htmx:afterSettle", () => {
    // What held the focus is gone: it is the row again.
    const row = acted && document.getElementById(acted);
    if (row && (restored || document.activeElement === document.body)) {
      focus(row.matches(OPEN) ? row : (beside(row) ?? row));
    }
    acted = null;
  });

  for (const failure of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(failure, () => tell(notices.dataset.failed));
  }

  // A notice goes after a while, but not while somebody is at it (WCAG 2.2, 2.2.1): the history
  // offers the same for good.
  const letPass = (notice) => {
    let timer;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => notice.remove(), PASSES_MS);
    };
    for (const begin of ["mouseenter", "focusin"]) {
      notice.addEventListener(begin, () => clearTimeout(timer));
    }
    for (const end of ["mouseleave", "focusout"]) notice.addEventListener(end, wait);
    wait();
  };
  const passing = new WeakSet();
  const look = () => {
    for (const notice of notices.querySelectorAll("[data-passes]")) {
      if (!passing.has(notice)) letPass(notice);
      passing.add(notice);
    }
  };
  new MutationObserver(look).observe(notices, { childList: true, subtree: true });
  look();
}
