// Print what readers load, and fail where it is more than was promised.
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const LISTENER_LIMIT = 1200;
const DIALOG_LIMIT = 7000;

const here = dirname(fileURLToPath(import.meta.url));
const manifest = join(here, "..", "server", "static", "widget", "manifest.json");
const { files } = JSON.parse(await readFile(manifest, "utf8"));

const [largest, locale] = Object.entries(files)
  .filter(([name]) => name.startsWith("locale/"))
  .sort(([, a], [, b]) => b.brotli - a.brotli)[0];
const rows = [
  ["listener, on every page view", files["listener.js"].brotli, LISTENER_LIMIT],
  [`dialog with ${largest}`, files["dialog.js"].brotli + locale.brotli, DIALOG_LIMIT],
];
for (const [what, bytes, limit] of rows)
  console.log(`${what}: ${bytes} bytes brotli (limit ${limit})`);
if (rows.some(([, bytes, limit]) => bytes > limit)) {
  console.error("The widget is larger than promised.");
  process.exitCode = 1;
}
