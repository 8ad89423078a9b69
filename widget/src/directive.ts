/**
 * The text directive of a report, made while the reader writes: searching a long page for it takes
 * longer than opening a dialog should, and its code is a quarter of what capturing needs.
 *
 * The build puts `fragment` below in the place of `text/fragment.ts` within the dialog; the true one
 * becomes a file of its own, which gets what this one was given.
 */
import { widget } from "./settings";
import type { fragment as make } from "./text/fragment";

/** A report must not wait longer for its link. */
const PATIENCE_MS = 1500;

let given: Parameters<typeof make>;

export const fragment: typeof make = (...these) => {
  given = these;
  return "";
};

/**
 * Make the directive for what was captured last, when the browser has nothing better to do. What is
 * returned waits for it, a while: empty where none is unique, or none could be made in time.
 */
export const makeDirective = (): (() => Promise<string>) => {
  const these = given;
  const made = new Promise((resolve) => (globalThis.requestIdleCallback ?? setTimeout)(resolve))
    .then(() => import(`${widget.files}fragment.js`) as Promise<{ fragment: typeof make }>)
    .then((module) => module.fragment(...these))
    .catch(() => "");
  return () =>
    Promise.race([
      made,
      new Promise<string>((resolve) => setTimeout(resolve, PATIENCE_MS, "")),
    ]);
};
