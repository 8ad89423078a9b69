/**
 * Loaded where this browser keeps reports that were not answered yet: under the key of the page's
 * site, or under others. Those may be former ones (a pinned tag does not know which), or another
 * site's on the same origin.
 */
import { kept, OLDEST_MS, type Entry } from "../send/queue";
import { attempt } from "../send/transport";
import { setWidget, type Widget } from "../settings";

/** What may still be told to the server, oldest first: the entry's name, and what it holds. */
const others = (server: string, site: string): [name: string, entry: Entry][] => {
  const found: [string, Entry][] = [];
  for (const name of Object.keys(localStorage)) {
    const [start, key, report] = name.split(":");
    if (start !== "copydesk" || !report || key === site) continue;
    try {
      const entry = JSON.parse(localStorage[name] as string) as Entry;
      const [at, , itsServer, ...refused] = entry;
      if (Date.now() - at >= OLDEST_MS) localStorage.removeItem(name);
      // What a reader wrote for one server is nothing to another.
      else if (itsServer === server && !refused.includes(site)) found.push([name, entry]);
    } catch {
      // Written by something else.
    }
  }
  return found.sort(([, [one]], [, [other]]) => one - other);
};

/**
 * Send what is the site's by the dialog, which knows what it is just sending itself. Then offer the
 * others to the server as the site's: it alone knows that site's former keys. What it refuses is
 * left to the tag of its own site, and not offered again. Stops at the first that cannot be sent
 * now.
 */
export const deliver = async (widget: Widget): Promise<void> => {
  setWidget(widget);
  const site = widget.settings.site ?? "";
  try {
    if (kept().length) await (await widget.load()).flush();
    for (const [name, entry] of others(widget.server, site)) {
      const { kind } = await attempt(entry[1]);
      if (kind === "limited") return;
      if (kind === "stored") localStorage.removeItem(name);
      else localStorage.setItem(name, JSON.stringify([...entry, site]));
    }
  } catch {
    // No connection, no storage, or no dialog: they stay for the next page view.
  }
};
