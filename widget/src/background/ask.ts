/**
 * What is found out while the reader writes: searching a long page for a text directive takes longer
 * than opening a dialog should, and its code is a quarter of what capturing needs.
 *
 * The build puts `fragment` below in the place of `text/fragment.ts` within the dialog; the true one
 * becomes part of a file of its own, which gets what this one was given.
 */
import { widget } from "../settings";
import type { fragment as make } from "../text/fragment";
import type { Background } from "./index";

/** A report must not wait longer. */
const PATIENCE_MS = 1500;

export const NOTHING_FOUND: Partial<Background> = {};

let given: Parameters<typeof make>;

export const fragment: typeof make = (...these) => {
  given = these;
  return "";
};

/**
 * Look into what was captured last, when the browser has nothing better to do. What is returned
 * waits for it, a while, and no longer than the page lives.
 */
export const lookInto = (): (() => Promise<Partial<Background>>) => {
  const these = given;
  const found = new Promise((resolve) => (globalThis.requestIdleCallback ?? setTimeout)(resolve))
    .then(() => import(`${widget.files}background.js`) as Promise<typeof import("./index")>)
    .then((module) => module.background(...these))
    .catch(() => NOTHING_FOUND);
  return () =>
    Promise.race([
      found,
      new Promise<Partial<Background>>((resolve) => {
        const stop = (): void => resolve(NOTHING_FOUND);
        setTimeout(stop, PATIENCE_MS);
        addEventListener("pagehide", stop, { once: true });
      }),
    ]);
};
