import { expect, it, vi } from "vitest";

it("keeps unsent reports where the site's new key finds them, and touches nothing else", async () => {
  vi.stubGlobal("copydeskSettings", { site: "ck_new", former: ["ck_older", "ck_old"] });
  localStorage.setItem("copydesk:ck_old:one", "1");
  localStorage.setItem("copydesk:ck_older:two", "2");
  localStorage.setItem("copydesk:ck_other:three", "3");
  localStorage.setItem("ck_old:four", "4");

  await import("../src/renewed");

  expect({ ...localStorage }).toEqual({
    "copydesk:ck_new:one": "1",
    "copydesk:ck_new:two": "2",
    "copydesk:ck_other:three": "3",
    "ck_old:four": "4",
  });
});
