/**
 * Reports that were not answered yet, kept in this browser: an entry of `localStorage` each, so
 * that two tabs never overwrite one another's.
 */
import { widget } from "../settings";

/** Bounds of what is kept on a reader's device. */
const MOST = 20;
export const OLDEST_MS = 7 * 24 * 3600 * 1000;

/** As it is written: when it was made, the request's body, the server, and what `kept` adds. */
export type Entry = [at: number, body: string, server?: string, ...refused: unknown[]];

/** When it was made, in milliseconds since 1970, its idempotency key, and the request's body. */
export type Kept = [at: number, key: string, body: string];

const prefix = (): string => `copydesk:${widget.settings.site}:`;

export const forget = (key: string): void => {
  try {
    localStorage.removeItem(prefix() + key);
  } catch {
    // No storage: nothing was kept.
  }
};

/** What is kept for the site, oldest first; what is too old or unreadable is forgotten. */
export const kept = (): Kept[] => {
  const found: Kept[] = [];
  for (const name of Object.keys(localStorage)) {
    const [before, key] = name.split(prefix());
    if (before || !key) continue;
    try {
      const [at, body] = JSON.parse(localStorage[name] as string) as Entry;
      if (Date.now() - at < OLDEST_MS) {
        found.push([at, key, body]);
        continue;
      }
    } catch {
      // Written by something else.
    }
    forget(key);
  }
  // As texts: moments have 13 digits until the year 2286.
  return found.sort();
};

/** Keep a report until it is answered. False where this browser keeps nothing. */
export const keep = (key: string, body: string): boolean => {
  try {
    for (const [, old] of kept().slice(0, 1 - MOST)) forget(old);
    localStorage.setItem(prefix() + key, JSON.stringify([Date.now(), body, widget.server]));
    return true;
  } catch {
    return false;
  }
};
