// Serve the gallery and the built widget: `npm run gallery`, then open the printed address.
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const build = join(here, "..", "..", "server", "static", "widget");
const locales = join(here, "..", "locales");

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".json": "application/json" };

const tags = async () =>
  (await readdir(locales)).filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -5));

/** The file behind an address; the widget's version is whatever was built last. */
const fileFor = async (path) => {
  const built = /^\/widget\/[^/]+\/(.+)$/.exec(path);
  if (built) {
    const { version } = JSON.parse(await readFile(join(build, "manifest.json"), "utf8"));
    return join(build, version, built[1]);
  }
  const locale = /^\/locales\/(.+)$/.exec(path);
  if (locale) return join(locales, locale[1]);
  return join(here, path === "/" ? "index.html" : path);
};

/** A server on any free port; answers with its address. */
export const serve = (port = 0) =>
  new Promise((resolve) => {
    const server = createServer(async (request, response) => {
      const path = normalize(new URL(request.url, "http://localhost").pathname);
      try {
        const body =
          path === "/locales.json" ? JSON.stringify(await tags()) : await readFile(await fileFor(path));
        response.setHeader("Content-Type", `${TYPES[extname(path) || ".html"]}; charset=utf-8`);
        response.end(body);
      } catch {
        response.writeHead(404).end();
      }
    });
    server.listen(port, "127.0.0.1", () =>
      resolve({ server, address: `http://127.0.0.1:${server.address().port}/` }),
    );
  });

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { address } = await serve(Number(process.argv[2]) || 8010);
  console.log(`The gallery is at ${address}`);
}
