import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keep, kept } from "../../src/send/queue";
import { flush, send } from "../../src/send/transport";
import { givenWidget } from "../given";

type Answer = (response: ServerResponse) => void;

let server: Server;
let bodies: string[];
/** What the server does with each request; the last one stays. */
let answers: Answer[];

const json =
  (status: number, body: object = {}): Answer =>
  (response) => {
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  };
const hangUp: Answer = (response) => response.destroy();

beforeEach(async () => {
  localStorage.clear();
  bodies = [];
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      bodies.push(body);
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      answer?.(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  givenWidget({}, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe("sending a report", () => {
  it("tells whether it is new and forgets the copy", async () => {
    answers = [json(201, { status: "new", readers: 1 })];

    expect(await send("key", "body")).toEqual({ kind: "stored", known: false, readers: 1 });
    expect(bodies).toEqual(["body"]);
    expect(kept()).toEqual([]);
  });

  it("tells how many readers saw a known one", async () => {
    answers = [json(200, { status: "known", readers: 4 })];

    expect(await send("key", "body")).toEqual({ kind: "stored", known: true, readers: 4 });
  });

  it("tries again after a lost connection and a failing server", async () => {
    answers = [hangUp, json(503), json(201, { status: "new", readers: 1 })];

    expect(await send("key", "body")).toMatchObject({ kind: "stored" });
    expect(bodies).toEqual(["body", "body", "body"]);
  });

  it("keeps it where every attempt fails", async () => {
    answers = [json(502)];

    expect(await send("key", "body")).toEqual({ kind: "kept" });
    expect(kept()).toEqual([[expect.any(Number), "key", "body"]]);
  });

  it("gives the server's reason, with the field, and keeps nothing", async () => {
    answers = [json(422, { errors: [{ field: "email", message: "is not an address." }] })];

    expect(await send("key", "body")).toEqual({
      kind: "refused",
      reason: "email: is not an address.",
    });
    expect(kept()).toEqual([]);
  });

  it("keeps what came too soon after others", async () => {
    answers = [json(429)];

    expect(await send("key", "body")).toMatchObject({ kind: "limited" });
    expect(bodies).toHaveLength(1);
    expect(kept()).toHaveLength(1);
  });

  it("waits for a server that is busy for a second", async () => {
    const busy: Answer = (response) => response.writeHead(429, { "Retry-After": "1" }).end();
    answers = [busy, json(201, { status: "new", readers: 1 })];

    expect(await send("key", "body")).toMatchObject({ kind: "stored" });
    expect(bodies).toHaveLength(2);
  });

  it("takes a sign-in page of the network for a lost connection", async () => {
    answers = [(response) => response.end("<h1>Welcome to our hotel</h1>")];

    expect(await send("key", "body")).toEqual({ kind: "kept" });
  });
});

describe("what was kept", () => {
  it("is left to the dialog while that sends it", async () => {
    let answer: () => void = () => undefined;
    answers = [(response) => (answer = () => json(201, { status: "new", readers: 1 })(response))];
    const sent = send("key", "body");
    await vi.waitFor(() => expect(bodies).toHaveLength(1));

    await flush();
    answer();

    expect(await sent).toMatchObject({ kind: "stored" });
    expect(bodies).toEqual(["body"]);
  });

  it("is left to the dialog before it is whole", async () => {
    answers = [json(201, { status: "new", readers: 1 })];
    let complete: (body: string) => void = () => undefined;
    const sent = send("key", "early", new Promise((resolve) => (complete = resolve)));

    await flush();
    expect(kept()).toEqual([[expect.any(Number), "key", "early"]]);
    complete("whole");

    expect(await sent).toMatchObject({ kind: "stored" });
    expect(bodies).toEqual(["whole"]);
  });

  it("is sent, and forgotten when it is answered", async () => {
    keep("one", "first");
    keep("two", "second");
    answers = [json(201, { status: "new", readers: 1 }), json(422)];

    await flush();

    expect(bodies).toEqual(["first", "second"]);
    expect(kept()).toEqual([]);
  });

  it("stays where the server cannot be reached", async () => {
    keep("one", "first");
    keep("two", "second");
    answers = [hangUp];

    await flush();

    expect(bodies).toEqual(["first"]);
    expect(kept()).toHaveLength(2);
  });

  it("stays where no site has the key any more, until the page has the new one", async () => {
    keep("one", "first");
    answers = [json(404, { detail: "is not a known site key." })];

    await flush();

    expect(kept()).toHaveLength(1);
  });
});
