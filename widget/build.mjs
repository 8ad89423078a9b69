// Build the widget into server/static/widget/<version>/, compressed, with a manifest.
import { minify } from "terser";
import { build, transform } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "server", "static", "widget");
const localeDir = join(here, "locales");

const tags = (await readdir(localeDir))
  .filter((name) => name.endsWith(".json"))
  .map((name) => basename(name, ".json"))
  .sort();

/** Style sheets become minified text: esbuild minifies style sheets, but not strings. */
const cssAsText = {
  name: "css-as-text",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

/** The dialog asks for text directives later: see src/background/ask.ts. */
const fragmentLater = {
  name: "fragment-later",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/fragment$/ }, () => ({ path: join(here, "src", "background", "ask.ts") }));
  },
};

const bundle = async (entry, format, define, plugins = []) => {
  const result = await build({
    entryPoints: [join(here, "src", entry)],
    bundle: true,
    minify: true,
    write: false,
    format,
    define,
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    plugins: [cssAsText, ...plugins],
  });
  // Terser finds some 3 % more than esbuild does.
  const { code } = await minify(result.outputFiles[0].text, {
    ecma: 2020,
    module: format === "esm",
    toplevel: true,
    compress: { passes: 3, unsafe: true, unsafe_arrows: true, pure_getters: true, inline: 3 },
  });
  return `${code}\n`;
};

const english = JSON.parse(await readFile(join(localeDir, "en.json"), "utf8"));
const names = Object.keys(english);

/** A language's strings in the order of the English ones, English where it has none. */
const locale = async (tag) => {
  const own = JSON.parse(await readFile(join(localeDir, `${tag}.json`), "utf8"));
  const strings = names.map((name) => own[name] || english[name]);
  return [`locale/${tag}.js`, `export default${JSON.stringify(strings)};\n`];
};

const files = new Map(await Promise.all(tags.map(locale)));
const define = { LOCALES: JSON.stringify(tags.join(" ")), STRING_NAMES: JSON.stringify(names.join(" ")) };
files.set("dialog.js", await bundle("dialog/index.ts", "esm", define, [fragmentLater]));
files.set("background.js", await bundle("background/index.ts", "esm", define));
for (const name of await readdir(join(here, "src", "challenge")))
  files.set(
    `challenge/${basename(name, ".ts")}.js`,
    await bundle(`challenge/${name}`, "esm", define),
  );
files.set("kept.js", await bundle("kept/index.ts", "esm", define));
files.set("invitation.js", await bundle("invitation/index.ts", "esm", define));

// The listener names the version in its addresses, so the version is made from everything else
// and from the listener before it knows its own version.
const draft = await bundle("listener.ts", "iife", { VERSION: '""' });
const hash = createHash("sha256").update(draft);
for (const name of [...files.keys()].sort()) hash.update(name).update(files.get(name));
const version = hash.digest("hex").slice(0, 12);
files.set("listener.js", await bundle("listener.ts", "iife", { VERSION: JSON.stringify(version) }));

const manifest = { version, files: {} };
await rm(target, { recursive: true, force: true });
for (const [name, text] of files) {
  const bytes = Buffer.from(text);
  const brotli = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  const gzip = gzipSync(bytes, { level: 9 });
  const path = join(target, version, name);
  await mkdir(dirname(path), { recursive: true });
  await Promise.all([
    writeFile(path, bytes),
    writeFile(`${path}.br`, brotli),
    writeFile(`${path}.gz`, gzip),
  ]);
  manifest.files[name] = {
    bytes: bytes.length,
    gzip: gzip.length,
    brotli: brotli.length,
    integrity: `sha384-${createHash("sha384").update(bytes).digest("base64")}`,
  };
}
await writeFile(join(target, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
