// Every state of the widget: which settings it needs, and how a reader comes to it.

const answer = (status, body) => new Response(JSON.stringify(body), { status });
const stored = (readers) => () => answer(200, { status: readers > 1 ? "known" : "new", readers });
const refused = () => answer(422, { detail: "The address of the page is too long." });
const limited = () => answer(429, {});
const never = () => new Promise(() => undefined);
const broken = () => Promise.reject(new TypeError("Failed to fetch"));

const word = (paragraph = 2, words = 1) => {
  const text = document.querySelector(`article > :nth-child(${paragraph})`).firstChild;
  const ends = [...new Intl.Segmenter(document.documentElement.lang, { granularity: "word" }).segment(text.data)]
    .filter((part) => part.isWordLike);
  const first = ends[Math.min(3, ends.length - 1)];
  const last = ends[Math.min(2 + words, ends.length - 1)];
  getSelection().setBaseAndExtent(text, first.index, text, last.index + last.segment.length);
};
const all = () => getSelection().selectAllChildren(document.querySelector("article"));
const outside = () => getSelection().selectAllChildren(document.querySelector(".outside"));
const nothing = () => getSelection().removeAllRanges();

const inside = (selector) => document.querySelector("copydesk-widget").shadowRoot.querySelector(selector);
const send = () => inside(".go").click();
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const touch = () => dispatchEvent(new PointerEvent("pointerdown", { pointerType: "touch" }));

/** `select` what, with which `settings`; `then` act; the server `answers`. */
export const STATES = {
  full: {},
  several: { select: () => word(2, 9) },
  email: { settings: { askEmail: true } },
  "invalid-email": {
    settings: { askEmail: true },
    then: () => ((inside("[type=email]").value = "someone"), send()),
  },
  confirm: { settings: { mode: "confirm" } },
  sending: { then: send, answers: never },
  refused: { then: send, answers: refused },
  limited: { then: send, answers: limited },
  thanks: { then: send, answers: stored(1) },
  "known-2": { then: send, answers: stored(2) },
  "known-5": { then: send, answers: stored(5) },
  queued: { settings: { mode: "send" }, answers: broken, takes: 4500 },
  "select-first": { select: nothing },
  "too-long": { select: all, settings: { max: 20 } },
  "too-short": { settings: { min: 30 } },
  "not-here": { select: outside, settings: { article: "article" } },
  offer: { settings: { touch: true }, opens: false, then: touch, takes: 600 },
  corner: { settings: { button: "bottom-right" }, opens: false, select: nothing },
  hint: { opens: false, select: nothing },
  accent: { settings: { accent: "#ffb000" } },
};

/** Bring this page into a state. */
export const show = async (name, strings) => {
  const { settings, select = word, opens = true, then, answers = stored(1), takes = 300 } = STATES[name];
  const fetchFile = self.fetch;
  self.fetch = (address, options) =>
    String(address).includes("/api/") ? Promise.resolve(answers()) : fetchFile(address, options);
  self.copydeskSettings = { site: `gallery-${name}-${strings.send}`, ...settings };
  await new Promise((resolve) => {
    const script = Object.assign(document.createElement("script"), {
      src: "/widget/built/listener.js",
      onload: resolve,
    });
    document.head.append(script);
  });
  if (name === "offer") touch();
  select();
  if (opens) {
    await copydesk.open();
    await wait(100);
    if (then) then();
  }
  await wait(takes);
};
