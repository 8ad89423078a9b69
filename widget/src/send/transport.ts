/**
 * Sending: one CORS simple request (no preflight, no cookie). A report is kept before it is sent
 * and forgotten after an answer, so neither a closed page nor a lost connection loses it; its
 * idempotency key makes a repetition harmless.
 */
import { emit } from "../dom";
import { widget } from "../settings";
import { forget, keep, kept } from "./queue";

/** How long one attempt may take, and the waits between attempts. */
const TIME_LIMIT_MS = 10_000;
const WAITS_MS = [800, 2_500];
/** A server that is busy for no longer is waited for. In seconds. */
const SOON_S = 3;
/** How long a reader waits whose report is safe in this browser. */
const PATIENCE_MS = 8_000;

export type Outcome =
  | { kind: "stored"; known: boolean; readers: number }
  | { kind: "kept" }
  | { kind: "limited"; after: number }
  | { kind: "refused"; reason: string };

interface Answer {
  submission?: string;
  status?: string | number;
  readers?: number;
  title?: string;
  detail?: string;
  errors?: { field: string; message: string }[];
  /** What must be solved first; `kind` names the file that can. */
  challenge?: { kind: string };
}

/** What a file in `src/challenge/` gives: the body with the solution in it. */
type Solve = (challenge: unknown, body: string) => Promise<string>;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** One attempt. Rejects where it is worth another. */
export const attempt = async (body: string, solved?: boolean): Promise<Outcome> => {
  const { server, files, settings } = widget;
  // The site's key stands in the address too: a server that is flooded need not read the rest.
  const response = await fetch(`${server}api/v1/submissions?site=${settings.site}`, {
    method: "POST",
    // A string is sent as text/plain;charset=UTF-8, which needs no preflight.
    body,
    credentials: "omit",
    // The request outlives the page.
    keepalive: true,
    signal: AbortSignal.timeout(TIME_LIMIT_MS),
  });
  const { status } = response;
  if (status === 429)
    return { kind: "limited", after: Number(response.headers.get("Retry-After") ?? NaN) };
  // 404: no site has this key. Its owner ended it, and has yet to put the new one into this page.
  // What is between us and the server answers no JSON, which is worth another attempt too.
  if (status === 404 || status >= 500) throw new Error(`${status}`);
  const answer = (await response.json()) as Answer;
  if (response.ok) {
    emit("sent", answer);
    return { kind: "stored", known: answer.status === "known", readers: answer.readers ?? 1 };
  }
  const { challenge } = answer;
  if (challenge && !solved) {
    const { solve } = (await import(`${files}challenge/${challenge.kind}.js`)) as { solve: Solve };
    return attempt(await solve(challenge, body), true);
  }
  const error = answer.errors?.[0];
  return {
    kind: "refused",
    reason: error ? `${error.field}: ${error.message}` : (answer.detail ?? answer.title ?? ""),
  };
};

/** Several attempts, at the server's pace where it names one. Rejects with the last one's reason. */
const insist = async (body: string, [wait, ...waits] = WAITS_MS): Promise<Outcome> => {
  let ms = wait ?? 0;
  try {
    const outcome = await attempt(body);
    if (wait === undefined || outcome.kind !== "limited" || !(outcome.after <= SOON_S))
      return outcome;
    ms = outcome.after * 1000;
  } catch (error) {
    if (wait === undefined) throw error;
  }
  await pause(ms);
  return insist(body, waits);
};

/** The key of what is being sent: it is in the queue already, and no business of `flush`. */
let underWay = "";

/**
 * Send what a reader reports now; `early` is kept until `body` is there. Never rejects, unless
 * `body` does.
 */
export const send = async (
  key: string,
  early: string,
  body: string | Promise<string> = early,
): Promise<Outcome> => {
  underWay = key;
  keep(key, early);
  const whole = await body;
  const safe = keep(key, whole);
  const answered = insist(whole).then(
    (outcome) => {
      if (outcome.kind !== "limited") forget(key);
      return outcome;
    },
    (error: unknown): Outcome =>
      safe ? { kind: "kept" } : { kind: "refused", reason: (error as Error).message },
  );
  const patience = pause(PATIENCE_MS).then((): Outcome => ({ kind: "kept" }));
  const outcome = await (safe ? Promise.race([answered, patience]) : answered);
  underWay = "";
  if (outcome.kind !== "stored") emit("error", outcome);
  return outcome;
};

/**
 * Send what was kept, oldest first. Stops at the first that cannot be sent now. Another tab may
 * send the same at the same time: the server takes it once.
 */
export const flush = async (): Promise<void> => {
  try {
    for (const [, key, body] of kept()) {
      if (key === underWay) continue;
      if ((await attempt(body)).kind === "limited") return;
      forget(key);
    }
  } catch {
    // No connection, still: they stay for the next page view.
  }
};
