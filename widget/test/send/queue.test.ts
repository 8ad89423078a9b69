import { beforeEach, describe, expect, it, vi } from "vitest";
import { forget, keep, kept } from "../../src/send/queue";
import { givenWidget } from "../given";

const DAY_MS = 24 * 3600 * 1000;
const NOW = Date.UTC(2026, 0, 1);

beforeEach(() => {
  localStorage.clear();
  vi.useRealTimers();
  givenWidget();
});

const keys = (): string[] => kept().map(([, key]) => key);

describe("reports kept in the browser", () => {
  it("come back oldest first and go when they are answered", () => {
    vi.useFakeTimers({ now: NOW });
    keep("second", "b");
    vi.setSystemTime(NOW - 500);
    keep("first", "a");

    expect(keys()).toEqual(["first", "second"]);
    forget("first");
    expect(keys()).toEqual(["second"]);
  });

  it("are replaced by a later version of the same report", () => {
    keep("one", "draft");
    keep("one", "final");

    expect(kept().map(([, , body]) => body)).toEqual(["final"]);
  });

  it("are twenty at most; the oldest makes room", () => {
    vi.useFakeTimers({ now: NOW });
    for (let count = 1; count <= 25; count++) {
      vi.setSystemTime(NOW + count);
      keep(`report-${count}`, "body");
    }

    expect(keys()).toHaveLength(20);
    expect(keys()[0]).toBe("report-6");
    expect(localStorage).toHaveLength(20);
  });

  it("are forgotten after seven days", () => {
    vi.useFakeTimers({ now: NOW });
    keep("old", "body");
    vi.setSystemTime(NOW + 7 * DAY_MS);

    expect(keys()).toEqual([]);
    expect(localStorage).toHaveLength(0);
  });

  it("belong to one site, and unreadable ones are removed", () => {
    localStorage.setItem("copydesk:ck_test:broken", "{");
    localStorage.setItem("copydesk:ck_other:key", "[0]");
    localStorage.setItem("theme", "dark");
    keep("mine", "body");

    expect(keys()).toEqual(["mine"]);
    expect(Object.keys(localStorage).sort()).toEqual([
      "copydesk:ck_other:key",
      "copydesk:ck_test:mine",
      "theme",
    ]);
  });

  it("are none where the browser has no room, and nothing breaks", () => {
    const full = vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      // jsdom has no way to run out of room by itself within a test's time.
      throw new DOMException("full", "QuotaExceededError");
    });

    expect(keep("one", "body")).toBe(false);
    full.mockRestore();
  });
});
