import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deliver } from "../../src/kept/index";
import { keep } from "../../src/send/queue";
import { flush } from "../../src/send/transport";
import { widget } from "../../src/settings";
import { givenWidget } from "../given";

type Answer = (response: ServerResponse) => void;

let server: Server;
let address: string;
let bodies: string[];
let answer: Answer;

const json =
  (status: number, body: object = {}): Answer =>
  (response) => {
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  };
const taken = json(201, { status: "new", readers: 1 });

beforeEach(async () => {
  localStorage.clear();
  bodies = [];
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      bodies.push(`${request.url?.split("site=")[1]} ${body}`);
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe("what was kept under another key", () => {
  const under = (site: string): void => givenWidget({ site }, address);
  const names = (): string[] => Object.keys(localStorage).sort();

  it("is sent by a tag with the site's new key", async () => {
    under("ck_old");
    keep("one", "first");
    under("ck_new");
    answer = taken;

    await deliver(widget);

    expect(bodies).toEqual(["ck_new first"]);
    expect(names()).toEqual([]);
  });

  it("is left to its own site's tag where the server says that it is another's, and asked once", async () => {
    under("ck_other");
    keep("one", "first");
    under("ck_new");
    answer = json(422, { errors: [{ field: "site", message: "is not the site." }] });

    await deliver(widget);
    await deliver(widget);
    expect(bodies).toEqual(["ck_new first"]);
    expect(names()).toEqual(["copydesk:ck_other:one"]);

    under("ck_other");
    answer = taken;
    await flush();
    expect(bodies).toEqual(["ck_new first", "ck_other first"]);
    expect(names()).toEqual([]);
  });

  it("stays where it cannot be sent now", async () => {
    under("ck_old");
    keep("one", "first");
    under("ck_new");

    for (const each of [(it: ServerResponse) => it.destroy(), json(503), json(404), json(429)]) {
      answer = each;
      await deliver(widget);
    }
    expect(bodies).toHaveLength(4);
    expect(names()).toEqual(["copydesk:ck_old:one"]);
  });

  it("is never shown to another server, and goes after seven days", async () => {
    givenWidget({ site: "ck_there" }, "https://another.example/");
    keep("one", "first");
    localStorage.setItem("copydesk:ck_there:two", JSON.stringify([0, "ancient"]));
    localStorage.setItem("copydesk:ck_there:three", "{");
    under("ck_new");
    answer = taken;

    await deliver(widget);

    expect(bodies).toEqual([]);
    expect(names()).toEqual(["copydesk:ck_there:one", "copydesk:ck_there:three"]);
  });
});

describe("what was kept under the page's key", () => {
  it("is left to the dialog, which is loaded for that alone", async () => {
    let flushed = 0;
    givenWidget({}, address);
    const load = (): Promise<never> =>
      Promise.resolve({ flush: () => Promise.resolve(flushed++) } as never);

    await deliver({ ...widget, load });
    expect(flushed).toBe(0);
    keep("one", "first");
    await deliver({ ...widget, load });

    expect(flushed).toBe(1);
    expect(bodies).toEqual([]);
  });
});
