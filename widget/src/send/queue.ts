/** Reports that could not be sent, kept in this browser until the next page view. */

/** Bounds of what is kept on a reader's device. */
const MOST = 20;
const OLDEST_MS = 7 * 24 * 3600 * 1000;

export interface Kept {
  /** When it was made, in milliseconds since 1970. */
  at: number;
  /** The request's body, with its idempotency key. */
  body: string;
}

const name = (site: string): string => `copydesk:${site}`;

/** What is kept for a site, oldest first; what is too old or unreadable is forgotten. */
export const kept = (site: string): Kept[] => {
  try {
    const items = JSON.parse(localStorage.getItem(name(site)) ?? "[]") as Kept[];
    return items.filter((item) => typeof item.body === "string" && Date.now() - item.at < OLDEST_MS);
  } catch {
    return [];
  }
};

const write = (site: string, items: Kept[]): boolean => {
  try {
    if (items.length) localStorage.setItem(name(site), JSON.stringify(items.slice(-MOST)));
    else localStorage.removeItem(name(site));
    return true;
  } catch {
    return false;
  }
};

/** False where this browser keeps nothing. */
export const keep = (site: string, body: string): boolean =>
  write(site, [...kept(site), { at: Date.now(), body }]);

export const forget = (site: string, body: string): boolean =>
  write(site, kept(site).filter((item) => item.body !== body));
