// Says when to look for what came since: an event "again" for a part of the page that names in
// data-again after how many seconds first, and then at most; ever more rarely, at once when the
// window is looked at again, and not while nobody can see it.
"use strict";
{
  const SLOWER = 1.5;
  let part = null;
  let seconds = 0;
  let most = 0;
  let timer;

  const wait = () => {
    window.clearTimeout(timer);
    if (part && !document.hidden) timer = window.setTimeout(say, seconds * 1000);
  };

  const say = () => {
    if (!part.isConnected || !part.dataset.again) return;
    seconds = Math.min(most, seconds * SLOWER);
    document.dispatchEvent(new Event("again"));
    wait();
  };

  // A part that came in place of another begins anew.
  const begin = () => {
    const found = document.querySelector("[data-again]");
    if (found === part) return;
    part = found;
    if (found) [seconds, most] = found.dataset.again.split(" ").map(Number);
    wait();
  };

  const lookedAt = () => {
    if (!part?.dataset.again) return;
    seconds = Number(part.dataset.again.split(" ")[0]);
    if (document.hidden) window.clearTimeout(timer);
    else say();
  };

  document.addEventListener("visibilitychange", lookedAt);
  window.addEventListener("focus", lookedAt);
  document.addEventListener("htmx:afterSettle", begin);
  begin();
}
