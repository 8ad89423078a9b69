// Print what readers load, and fail where it is more than was promised.
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";

const LISTENER_LIMIT = 1200;
const DIALOG_LIMIT = 7000;

const here = dirname(fileURLToPath(import.meta.url));
const build = join(here, "..", "server", "static", "widget");
const { version, files } = JSON.parse(await readFile(join(build, "manifest.json"), "utf8"));

// The tag's address brings the settings too: see server/widget/build.py.
const settings = `self.copydeskSettings={"site":"ck_${randomBytes(16).toString("hex")}"};\n`;
const entry = settings + (await readFile(join(build, version, "listener.js"), "utf8"));

const [largest, locale] = Object.entries(files)
  .filter(([name]) => name.startsWith("locale/"))
  .sort(([, a], [, b]) => b.brotli - a.brotli)[0];
const rows = [
  ["script tag's address, on every page view", brotliCompressSync(entry).length, LISTENER_LIMIT],
  [`dialog with ${largest}`, files["dialog.js"].brotli + locale.brotli, DIALOG_LIMIT],
];
for (const [what, bytes, limit] of rows)
  console.log(`${what}: ${bytes} bytes brotli (limit ${limit})`);
if (rows.some(([, bytes, limit]) => bytes > limit)) {
  console.error("The widget is larger than promised.");
  process.exitCode = 1;
}
