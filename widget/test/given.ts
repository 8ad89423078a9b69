/** A widget as the listener hands it over, for tests of its parts. */
import { setWidget, type Settings } from "../src/settings";
import type { Captured } from "../src/text/index";

export const givenWidget = (settings: Settings = {}, server = "https://copydesk.example/"): void =>
  setWidget({
    settings: { site: "ck_test", ...settings },
    server,
    files: `${server}widget/built/`,
    version: "built",
    allows: () => true,
    load: () => Promise.reject(new Error("not loaded in this test")),
    signal: new AbortController().signal,
  });

export const CAPTURED: Captured = {
  exact: "recieve",
  prefix: "has begun to ",
  suffix: " letters",
  before: "It has begun to ",
  after: " letters.",
  fragment: "",
  language: "en",
};
