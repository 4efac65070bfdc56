// Builds static/cermin.css, static/staff.css, static/rater.js and static/holder.html, copies the font and writes static/VENDOR.md.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import { compile } from "sass";

const here = new URL(".", import.meta.url).pathname;
const out = new URL("../static/", import.meta.url).pathname;
const font = `${here}node_modules/@fontsource/plus-jakarta-sans/`;
const PARTS = "../tests/protocol/rater_parts.js";
const LARGEST_SCRIPT = 12 * 1024;
const files = [];

function hash(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

// Addresses inside style sheets carry the hash of what they point at, so that browsers may keep both for good.
function addressed(css) {
  return css.replace(/url\("?(fonts\/[^")]+)"?\)/g, (_, name) => {
    const file = name.replace("fonts/", "");
    return `url(${name}?v=${hash(readFileSync(`${font}files/${file}`)).slice(0, 12)})`;
  });
}

function version(name) {
  return JSON.parse(readFileSync(`${here}node_modules/${name}/package.json`)).version;
}

function style(name) {
  const { css } = compile(`${here}style/${name}.scss`, { style: "compressed", charset: false });
  const notice = `/* Cermin. Parts: GOV.UK Frontend ${version("govuk-frontend")}, MIT, see licences/govuk-frontend.txt */\n`;
  writeFileSync(`${out}${name}.css`, `${notice}${addressed(css)}\n`);
  files.push(`${name}.css`);
  console.log(`${name}.css ${css.length} bytes, ${gzipSync(notice + css, { level: 9 }).length} gzip`);
}

// The syntax of 2018, so that old phones read past what they cannot run and still get their code into the form.
function script(name, source, globalName) {
  const outfile = `${out}${name}`;
  const format = { bundle: true, minify: true, format: "iife", target: "es2018", charset: "utf8", legalComments: "none" };
  buildSync({ ...format, entryPoints: [`${here}${source}`], globalName, outfile, logLevel: "warning" });
  files.push(name);
  const bytes = readFileSync(outfile);
  const packed = gzipSync(bytes, { level: 9 }).length;
  console.log(`${name} ${bytes.length} bytes, ${packed} gzip`);
  return packed;
}

// A page that stands alone: style and script are in it, named by their hashes in its own policy, and nothing else may load or run.
function page(name, source) {
  const format = { bundle: true, minify: true, format: "iife", target: "es2020", charset: "utf8", legalComments: "none" };
  const built = buildSync({ ...format, entryPoints: [`${here}${source}/page.js`], write: false, logLevel: "warning" });
  const parts = {
    script: built.outputFiles[0].text.trim(),
    style: compile(`${here}style/${source}.scss`, { style: "compressed", charset: false }).css,
  };
  const [script, css] = [parts.script, parts.style].map((text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`);
  parts.policy = `default-src 'none'; script-src ${script}; style-src ${css}; base-uri 'none'; form-action 'none'`;
  const template = readFileSync(`${here}${source}/${name}`, "utf8");
  writeFileSync(`${out}${name}`, template.replace(/\{\{(\w+)\}\}/g, (_, part) => parts[part]));
  files.push(name);
  console.log(`${name} ${readFileSync(`${out}${name}`).length} bytes`);
}

function copy(from, to) {
  copyFileSync(from, `${out}${to}`);
  files.push(to);
}

function row(name) {
  const bytes = readFileSync(`${out}${name}`);
  return `| ${name} | ${bytes.length} | \`${hash(bytes)}\` |`;
}

mkdirSync(`${out}fonts`, { recursive: true });
mkdirSync(`${out}licences`, { recursive: true });
style("cermin");
style("staff");
const packed = script("rater.js", "rater/rater.js");
if (packed > LARGEST_SCRIPT) throw new Error(`rater.js has ${packed} bytes packed; ${LARGEST_SCRIPT} are allowed`);
script(PARTS, "test/parts.js", "raterParts");
page("holder.html", "holder");
for (const weight of [400, 600, 700]) {
  const name = `plus-jakarta-sans-latin-${weight}-normal.woff2`;
  copy(`${font}files/${name}`, `fonts/${name}`);
}
copy(`${font}LICENSE`, "licences/plus-jakarta-sans.txt");
copy(`${here}licences/govuk-frontend.txt`, "licences/govuk-frontend.txt");

writeFileSync(`${out}VENDOR.md`, `# What was built or taken from elsewhere

Written by \`npm run build\` in \`client/\`; do not edit by hand. A test compares the checksums.

| source | version | licence | used for |
|---|---|---|---|
| govuk-frontend | ${version("govuk-frontend")} | MIT | a subset of its styles inside cermin.css, staff.css and holder.html; no crown, no GDS Transport |
| esbuild | ${version("esbuild")} | MIT | makes rater.js out of client/rater/ and the script in holder.html out of client/holder/; nothing of others is in them |
| @fontsource/plus-jakarta-sans | ${version("@fontsource/plus-jakarta-sans")} | OFL 1.1 | the typeface of staff pages, Latin subset, served by ourselves |

| file | bytes | sha256 |
|---|---|---|
${files.map(row).join("\n")}
`);
