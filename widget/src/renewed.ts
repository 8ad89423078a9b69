/**
 * Before the listener on a site whose key was renewed lately: what this browser keeps under a
 * former key is kept under the present one, where it is found and sent.
 */
import type { Settings } from "./settings";

try {
  const { site, former } = globalThis.copydeskSettings as Settings & { former: string[] };
  for (const name of Object.keys(localStorage)) {
    const [start, key, report] = name.split(":");
    if (start !== "copydesk" || !report || !former.includes(key ?? "")) continue;
    localStorage.setItem(`copydesk:${site}:${report}`, localStorage[name] as string);
    localStorage.removeItem(name);
  }
} catch {
  // No storage: nothing was kept.
}
