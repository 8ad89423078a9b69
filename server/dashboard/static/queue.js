// Tells of reports that readers sent since the page was made, and puts them on top on request.
"use strict";
{
  let told = "";

  // It is replaced together with the rows.
  const place = () => document.getElementById("news");

  const show = (bar) => {
    // What is announced is announced once.
    if (bar === told) return;
    told = bar;
    place().innerHTML = bar;
    const link = place().querySelector("a");
    // Without a list the link itself leads to a page that has one.
    if (document.getElementById("queue")) window.htmx.process(link);
    else link.removeAttribute("hx-get");
  };

  document.addEventListener("again", async () => {
    const address = place().dataset.ask;
    try {
      const answer = await fetch(address, { redirect: "manual", headers: { Accept: "text/html" } });
      // Who is logged out is led to the log-in.
      if (answer.type === "opaqueredirect") place().removeAttribute("data-again");
      if (answer.status === 200 && address === place().dataset.ask) show(await answer.text());
    } catch {
      // No network: later.
    }
  });

  // What is being read stays where it is.
  let kept;
  const read = () => {
    const rows = [...document.querySelectorAll(".row")];
    const focused = rows.find((row) => row.contains(document.activeElement));
    if (focused) return focused;
    const top = rows.find((row) => row.getBoundingClientRect().bottom > 0);
    return top?.getBoundingClientRect().top < 0 ? top : undefined;
  };

  const isList = ({ detail }) => detail.target?.id === "queue";

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!isList(event)) return;
    const row = read();
    kept = row && { row, top: row.getBoundingClientRect().top };
    for (const fresh of document.querySelectorAll(".row.fresh")) fresh.classList.remove("fresh");
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (!isList(event)) return;
    told = "";
    const known = new Set();
    for (const row of document.querySelectorAll("#queue > .row")) {
      // One that was closed and opened again stood further down.
      if (known.has(row.id)) row.remove();
      known.add(row.id);
    }
    if (kept?.row.isConnected)
      window.scrollBy(0, kept.row.getBoundingClientRect().top - kept.top);
  });

  // The bar that was pressed is gone: reading goes on at what it brought.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (isList(event) && document.activeElement === document.body)
      document.querySelector(".row.fresh")?.focus({ preventScroll: true });
  });
}
