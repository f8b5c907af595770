/**
 * Builds the front end: static/src → static/dist, hashed names listed in static/dist/manifest.json.
 *
 * Three entries: resident, staff, hearing (static/src/<entry>.js, static/src/styles/<entry>.scss).
 * Behaviours and page styles are found, not listed: any static/src/<capability>/<name>.js with
 * `export function start` and any static/src/<capability>/<name>.scss joins the entries its first line
 * names, as `// @entry resident staff`. Without that line: hearings/ joins `hearing`, all others `staff`.
 * Other .js files there are plain modules for behaviours to import. Heavy libraries belong behind
 * `await import(...)` inside `start`, so that they become a chunk that only their page fetches.
 *
 *   node static/build.mjs            build once, minified, and check the residents' budget
 *   node static/build.mjs --watch    build again whenever static/src changes
 */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import * as sass from "sass";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.dirname(HERE);
const SRC = path.join(HERE, "src");
const DIST = path.join(HERE, "dist");
const MODULES = path.join(ROOT, "node_modules");
const ENTRIES = ["resident", "staff", "hearing"];
const NOT_CAPABILITIES = new Set(["styles", "images"]);

/** The oldest phones we promise: Chromium 87 inside apps (2020), Safari 15 (2021). */
const BROWSERS = ["chrome87", "safari15"];

/** A resident's page: script and style together, gzip, in bytes (docs/architecture: 60 kB). */
const RESIDENT_BUDGET = 60_000;

/** Every <capability>/<name><ext> below static/src that belongs to `entry`, sorted. */
function found(entry, extension, wanted) {
  const capabilities = fs
    .readdirSync(SRC, { withFileTypes: true })
    .filter((item) => item.isDirectory() && !NOT_CAPABILITIES.has(item.name))
    .map((item) => item.name);
  return capabilities
    .flatMap((capability) =>
      fs
        .readdirSync(path.join(SRC, capability))
        .filter((name) => name.endsWith(extension) && !name.startsWith("_"))
        .map((name) => ({ key: `${capability}/${name.slice(0, -extension.length)}`, capability })),
    )
    .filter(({ key, capability }) => {
      const text = fs.readFileSync(path.join(SRC, key + extension), "utf8");
      return wanted(text) && entriesOf(text, capability).includes(entry);
    })
    .map(({ key }) => key)
    .sort();
}

function entriesOf(text, capability) {
  const named = /^\/\/ @entry (.+)/.exec(text);
  if (!named) return [capability === "hearings" ? "hearing" : "staff"];
  const entries = named[1].trim().split(/\s+/);
  const unknown = entries.filter((entry) => !ENTRIES.includes(entry));
  if (unknown.length) throw new Error(`unknown entry ${unknown.join(", ")} in a file of ${capability}/`);
  return entries;
}

const isBehaviour = (text) => /^export (async )?function start\b/m.test(text);

/** `import behaviours from "behaviours:resident"` gives { "<capability>/<behaviour>": start }. */
const behaviours = {
  name: "behaviours",
  setup(build) {
    build.onResolve({ filter: /^behaviours:/ }, (args) => ({
      path: args.path.slice("behaviours:".length),
      namespace: "behaviours",
    }));
    build.onLoad({ filter: /.*/, namespace: "behaviours" }, (args) => {
      const keys = found(args.path, ".js", isBehaviour);
      const imports = keys.map((key, i) => `import { start as s${i} } from "./${key}.js";`);
      const table = keys.map((key, i) => `${JSON.stringify(key)}: s${i}`);
      return { contents: `${imports.join("\n")}\nexport default { ${table.join(", ")} };`, resolveDir: SRC };
    });
  },
};

/** One run for each entry, so that a page starts from one script file; only `await import()` makes a chunk. */
async function buildScripts() {
  const manifest = {};
  const weights = {};
  const files = [];
  for (const entry of ENTRIES) {
    const { metafile } = await esbuild.build({
      absWorkingDir: ROOT,
      entryPoints: [path.join(SRC, `${entry}.js`)],
      outdir: DIST,
      bundle: true,
      splitting: true,
      format: "esm",
      target: BROWSERS,
      minify: true,
      legalComments: "none",
      entryNames: "[name]-[hash]",
      chunkNames: "chunk-[hash]",
      metafile: true,
      logLevel: "warning",
      plugins: [behaviours],
    });
    const outputs = Object.entries(metafile.outputs);
    files.push(...outputs.map(([file]) => path.basename(file)));
    const [first, output] = outputs.find(([, each]) => each.entryPoint === `static/src/${entry}.js`);
    const shared = output.imports.filter((item) => item.kind === "import-statement").map((item) => item.path);
    manifest[`${entry}.js`] = path.basename(first);
    weights[entry] = [first, ...shared].reduce((sum, file) => sum + gzipped(file), 0);
  }
  return { manifest, weights, files };
}

const gzipped = (file) => gzipSync(fs.readFileSync(path.resolve(ROOT, file)), { level: 9 }).length;

async function buildStyles() {
  const manifest = {};
  const weights = {};
  for (const entry of ENTRIES) {
    const extra = found(entry, ".scss", () => true);
    const source = [`@use "${entry}";`, ...extra.map((key, i) => `@use "../${key}" as page${i};`)].join("\n");
    const { css } = await sass.compileStringAsync(source, {
      url: pathToFileURL(path.join(SRC, "styles", "entry.scss")),
      loadPaths: [path.join(SRC, "styles"), MODULES],
      style: "compressed",
      quietDeps: true,
      // Bootstrap 5.3 is still written with @import; we are not.
      silenceDeprecations: ["import"],
    });
    const { code } = await esbuild.transform(css, { loader: "css", minify: true, target: BROWSERS });
    manifest[`${entry}.css`] = write(`${entry}.css`, Buffer.from(code));
    weights[entry] = gzipSync(code, { level: 9 }).length;
  }
  return { manifest, weights };
}

/** Writes `content` under a name that holds its hash; gives that name. */
function write(name, content) {
  const { name: stem, ext } = path.parse(name);
  const hash = createHash("sha256").update(content).digest("base64url").replace(/[-_]/g, "").slice(0, 8);
  const hashed = `${stem}-${hash}${ext}`;
  fs.writeFileSync(path.join(DIST, hashed), content);
  return hashed;
}

function copyImages() {
  const folder = path.join(SRC, "images");
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  return Object.fromEntries(names.map((name) => [name, write(name, fs.readFileSync(path.join(folder, name)))]));
}

/** Removes older builds' files, a minute late, so that a page being loaded still finds its own. */
function sweep(names, started) {
  const kept = new Set(["manifest.json", ...names]);
  for (const name of fs.readdirSync(DIST)) {
    const file = path.join(DIST, name);
    if (!kept.has(name) && fs.statSync(file).mtimeMs < started - 60_000) fs.rmSync(file);
  }
}

async function build() {
  const started = Date.now();
  fs.mkdirSync(DIST, { recursive: true });
  const [scripts, styles] = [await buildScripts(), await buildStyles()];
  const manifest = { ...scripts.manifest, ...styles.manifest, ...copyImages() };
  const text = JSON.stringify(Object.fromEntries(Object.entries(manifest).sort()), null, 2);
  fs.writeFileSync(path.join(DIST, "manifest.json.new"), `${text}\n`);
  fs.renameSync(path.join(DIST, "manifest.json.new"), path.join(DIST, "manifest.json"));
  sweep([...Object.values(manifest), ...scripts.files], started);
  for (const entry of ENTRIES) {
    const [js, css] = [scripts.weights[entry], styles.weights[entry]];
    console.log(`${entry.padEnd(8)} js ${kilo(js)} + css ${kilo(css)} = ${kilo(js + css)} compressed`);
  }
  const resident = scripts.weights.resident + styles.weights.resident;
  console.log(`budget of a resident's page: ${kilo(resident)} of ${kilo(RESIDENT_BUDGET)}`);
  if (resident > RESIDENT_BUDGET) throw new Error("a resident's page is over its budget");
}

const kilo = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

if (process.argv.includes("--watch")) {
  const attempt = () => build().catch((fault) => console.error(fault.message));
  await attempt();
  let timer;
  fs.watch(SRC, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(attempt, 150);
  });
} else {
  await build();
}
