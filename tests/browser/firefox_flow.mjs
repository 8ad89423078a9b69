// Drive Firefox over WebDriver BiDi: select words, press the shortcut, correct, send.
// Usage: node firefox_flow.mjs EXECUTABLE ADDRESS WORDS CORRECTION; prints JSON.
import { readFile } from "node:fs/promises";
import puppeteer from "puppeteer-core";

const [executablePath, address, words, correction] = process.argv.slice(2);
const scripts = await readFile(new URL("../browsing.py", import.meta.url), "utf8");
const script = (name) => scripts.split(`${name} = """`)[1].split('"""')[0];

const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
try {
  const page = await browser.newPage();
  await page.setViewport({ width: 1100, height: 800 });
  await page.goto(address);
  await page.waitForFunction(() => globalThis.copydesk);
  await page.evaluate(script("PATIENT"));
  const place = await page.evaluate(`(${script("PLACE_OF")})(${JSON.stringify(words)})`);
  await page.mouse.move(place.x1, place.y1);
  await page.mouse.down();
  await page.mouse.move((place.x1 + place.x2) / 2, place.y2);
  await page.mouse.move(place.x2, place.y2);
  await page.mouse.up();
  const shortcut = async () => {
    await page.keyboard.down("Control");
    await page.keyboard.press("Enter");
    await page.keyboard.up("Control");
  };
  const inside = (selector) =>
    page.evaluate(
      (wanted) =>
        document.querySelector("copydesk-widget")?.shadowRoot.querySelector(wanted)?.textContent ?? "",
      selector,
    );
  await shortcut();
  await page.waitForFunction(() =>
    document.querySelector("copydesk-widget")?.shadowRoot.querySelector("dialog[open]"),
  );
  const title = await inside("h2");
  const passage = await inside("blockquote");
  const mark = await inside("mark");
  await page.keyboard.type(correction);
  await shortcut();
  await page.waitForFunction(() =>
    /\p{L}/u.test(
      document.querySelector("copydesk-widget")?.shadowRoot.querySelector("[role=status]")?.textContent ?? "",
    ),
  );
  console.log(JSON.stringify({ title, passage, mark, thanks: await inside("[role=status]") }));
} finally {
  await browser.close();
}
