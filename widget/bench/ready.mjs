// How long a reader waits, with a warm cache: from the shortcut to the dialog on the screen; and how
// long the listener keeps a page view. Fails where either is longer than promised.
// `npm run bench [file.html | number]`; without a page of your own, the demo article, its text over
// and over where a number of words is given.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { TextDecoder } from "node:util";
import puppeteer from "puppeteer-core";

const ROUNDS = 15;
/** The promises, in milliseconds: the dialog is ready, and no task of the listener's is long. */
const READY_MS = 100;
const LONG_TASK_MS = 50;

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const build = join(root, "server", "static", "widget");
const { version } = JSON.parse(await readFile(join(build, "manifest.json"), "utf8"));
const tag = `<script async src="/widget/${version}/listener.js" data-site="ck_bench"></script>`;
const words = Number(process.argv[2]);
const source = (!words && process.argv[2]) || join(root, "server", "demo", "article.html");
/** A page whose article has so many words. */
const lengthened = (page) => {
  const [before, text, after] = page.split(/(?<=<article>)|(?=<\/article>)/);
  const times = Math.ceil(words / text.split(/\s+/).length);
  return before + Array.from({ length: times }, (_, part) => `<h2>${part}</h2>${text}`).join("") + after;
};
// The page's own scripts would be measured too.
const given = (await readFile(source, "utf8")).replaceAll(/<script[^]*?<\/script>/g, "");
const html = (words ? lengthened(given) : given) + tag;

const server = createServer(async (request, response) => {
  const file = /^\/widget\/([^?]+)/.exec(request.url);
  if (!file) {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(request.url === "/" ? html : "");
    return;
  }
  response.writeHead(200, {
    "Content-Type": "text/javascript",
    "Content-Encoding": "br",
    "Cache-Control": "public, max-age=31536000, immutable",
  });
  response.end(await readFile(join(build, `${file[1]}.br`)));
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = `http://localhost:${server.address().port}/`;

const executablePath = ["chromium", "chromium-browser", "google-chrome"]
  .flatMap((name) => process.env.PATH.split(":").map((place) => join(place, name)))
  .find(existsSync);
if (!executablePath) {
  console.log("Not measured: there is no Chromium on this machine's path.");
  process.exit();
}
const browser = await puppeteer.launch({
  executablePath,
  // Chromium refuses its sandbox to root, as which containers often run.
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
const page = await browser.newPage();
await page.setViewport({ width: 1200, height: 800 });

/** Select a word, wait, press: milliseconds from the key to the frame that shows the dialog. */
const round = async (wait) => {
  await page.goto(address);
  await page.waitForFunction(() => globalThis.copydesk);
  await page.evaluate(() => {
    globalThis.ready = new Promise((resolve) => {
      addEventListener(
        "keydown",
        (event) => {
          if (event.key !== "Enter") return;
          const look = () => {
            const host = document.querySelector("copydesk-widget");
            if (!host?.shadowRoot.querySelector("dialog[open]")) return requestAnimationFrame(look);
            requestAnimationFrame(() => resolve(performance.now() - event.timeStamp));
          };
          look();
        },
        true,
      );
    });
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode())
      if (/\w{4,} \w{4,}/.test(walker.currentNode.data)) texts.push(walker.currentNode);
    const text = texts[texts.length >> 1];
    const at = text.data.search(/\w{4,}/);
    getSelection().setBaseAndExtent(text, at, text, at + 4);
  });
  await new Promise((resolve) => setTimeout(resolve, wait));
  await page.keyboard.down("Control");
  await page.keyboard.press("Enter");
  await page.keyboard.up("Control");
  return page.evaluate(() => globalThis.ready);
};

const median = (times) => times.sort((one, other) => one - other)[times.length >> 1];

/** The longest that the listener keeps one page view's main thread, in milliseconds. */
const longestTask = async () => {
  await page.tracing.start({ categories: ["devtools.timeline"] });
  await page.goto(address);
  await page.waitForFunction(() => globalThis.copydesk);
  const { traceEvents } = JSON.parse(new TextDecoder().decode(await page.tracing.stop()));
  const ours = traceEvents.filter(
    ({ name, args }) =>
      /EvaluateScript|FunctionCall/.test(name) && args.data?.url?.endsWith("listener.js"),
  );
  return Math.max(...ours.map(({ dur }) => dur / 1000));
};

const report = (what, times, limit) => {
  const middle = median(times);
  const figures = `median ${middle.toFixed(1)} ms, slowest ${times.at(-1).toFixed(1)} ms`;
  console.log(`${what}: ${figures} (limit ${limit})`);
  if (!(middle <= limit)) process.exitCode = 1;
};

const rounds = async (task) => {
  const times = [];
  for (let count = 0; count < ROUNDS; count++) times.push(await task());
  return times;
};

await round(1000);
report("listener's longest task on a page view", await rounds(longestTask), LONG_TASK_MS);
for (const [what, wait] of [
  ["pressed at once, nothing fetched for this page view", 0],
  ["pressed a second after selecting, as readers do", 1000],
])
  report(what, await rounds(() => round(wait)), READY_MS);
if (process.exitCode) console.error("The widget is slower than promised.");
await browser.close();
server.close();
