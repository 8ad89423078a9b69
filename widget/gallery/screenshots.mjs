// Take pictures of the gallery: `npm run screenshots [folder] [language,…] [state,…]`.
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import puppeteer from "puppeteer-core";
import { serve } from "./serve.mjs";
import { STATES } from "./states.js";

const [folder = "build/gallery", languages, states] = process.argv.slice(2);

const LOOKS = {
  desktop: { viewport: { width: 900, height: 700 } },
  phone: { viewport: { width: 360, height: 740, isMobile: true, hasTouch: true, deviceScaleFactor: 2 } },
  dark: { viewport: { width: 900, height: 700 }, features: [{ name: "prefers-color-scheme", value: "dark" }] },
  forced: { viewport: { width: 900, height: 700 }, features: [{ name: "forced-colors", value: "active" }] },
};

const executablePath = ["chromium", "chromium-browser", "google-chrome"]
  .flatMap((name) => process.env.PATH.split(":").map((place) => join(place, name)))
  .find(existsSync);
const { server, address } = await serve();
const browser = await puppeteer.launch({
  executablePath,
  // Chromium refuses its sandbox to root, as which containers often run.
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
const every = await (await fetch(`${address}locales.json`)).json();
await mkdir(folder, { recursive: true });

for (const [look, { viewport, features }] of Object.entries(LOOKS)) {
  const page = await browser.newPage();
  await page.setViewport(viewport);
  const session = await page.createCDPSession();
  if (features) await session.send("Emulation.setEmulatedMedia", { features });
  for (const lang of languages?.split(",") ?? every)
    for (const state of states?.split(",") ?? Object.keys(STATES)) {
      await page.goto(`${address}state.html?lang=${lang}&state=${state}`);
      await page.waitForSelector("html[data-ready]");
      await page.screenshot({ path: join(folder, `${lang}-${state}-${look}.png`) });
    }
  await page.close();
}
await browser.close();
server.close();
