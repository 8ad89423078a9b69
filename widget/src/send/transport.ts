/**
 * Sending: one CORS simple request (no preflight, no cookie). A report is kept before it is sent
 * and forgotten after an answer, so neither a closed page nor a lost connection loses it; its
 * idempotency key makes a repetition harmless.
 */
import { forget, keep, kept } from "./queue";

/** How long one attempt may take, and the waits between attempts. */
const TIME_LIMIT_MS = 10_000;
const WAITS_MS = [600, 2_000];

export type Outcome =
  | { kind: "stored"; known: boolean; readers: number }
  | { kind: "kept" }
  | { kind: "limited" }
  | { kind: "refused"; reason: string };

interface Problem {
  title?: string;
  detail?: string;
  errors?: { field: string; message: string }[];
}

const post = (server: string, body: string): Promise<Response> =>
  fetch(`${server}api/v1/submissions`, {
    method: "POST",
    body,
    headers: { "Content-Type": "text/plain;charset=UTF-8" },
    credentials: "omit",
    // The request outlives the page.
    keepalive: true,
    signal: AbortSignal.timeout(TIME_LIMIT_MS),
  });

/** One attempt; undefined where it is worth another. */
const attempt = async (server: string, body: string): Promise<Outcome | undefined> => {
  try {
    const response = await post(server, body);
    if (response.status === 429) return { kind: "limited" };
    if (response.status >= 500) return undefined;
    const answer = (await response.json()) as Problem & { status: string; readers: number };
    if (response.ok)
      return { kind: "stored", known: answer.status === "known", readers: answer.readers };
    const error = answer.errors?.[0];
    return {
      kind: "refused",
      reason: error ? `${error.field}: ${error.message}` : (answer.detail ?? answer.title ?? ""),
    };
  } catch {
    return undefined;
  }
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Send what a reader reports now. Never rejects. */
export const send = async (server: string, site: string, body: string): Promise<Outcome> => {
  const safe = keep(site, body);
  let outcome: Outcome | undefined;
  for (const wait of [0, ...WAITS_MS]) {
    if (!navigator.onLine && safe) break;
    if (wait) await pause(wait);
    outcome = await attempt(server, body);
    if (outcome) break;
  }
  if (outcome) forget(site, body);
  return outcome ?? (safe ? { kind: "kept" } : { kind: "refused", reason: "" });
};

/** Send what former page views kept. Stops at the first that cannot be sent now. */
export const flushQueue = async (server: string, site: string): Promise<void> => {
  const sendAll = async (): Promise<void> => {
    for (const { body } of kept(site)) {
      const outcome = await attempt(server, body);
      if (!outcome || outcome.kind === "limited") return;
      forget(site, body);
    }
  };
  // Two tabs would send the same; the server would take it once, but once is polite.
  if (navigator.locks) await navigator.locks.request("copydesk", { ifAvailable: true }, (lock) => lock && sendAll());
  else await sendAll();
};
