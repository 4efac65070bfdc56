// What comes out of a task: notices, files to save, a progress bar, the minutes.

import { language, make, say, told } from "./dom.js";
import { minutesOf } from "./minutes.js";
import { RefusedError } from "./refusal.js";

/** What would be lost if the page were closed now. */
const unsaved = /** @type {Set<HTMLElement>} */ (new Set());

/**
 * @param {"good" | "wrong"} kind
 * @param {string} name
 * @param {import("./dom.js").Values} [values]
 */
export function notice(kind, name, values) {
  const box = make("div", { class: `notice notice--${kind} screen`, role: kind === "wrong" ? "alert" : "status", tabindex: "-1" });
  box.append(told("p", name, {}, values));
  return box;
}

/**
 * Do the work of a task, and say how it ended; whatever came out before goes away.
 *
 * @param {HTMLElement} place
 * @param {(progress: import("./lists.js").Progress) => Promise<Node[]>} work
 */
export async function show(place, work) {
  const bar = progressBar();
  for (const link of place.querySelectorAll("a")) unsaved.delete(link);
  place.replaceChildren(bar.element);
  place.replaceChildren(...(await work(bar.show).catch((error) => [whyNot(error)])));
  const first = /** @type {HTMLElement | null} */ (place.querySelector(".notice"));
  first?.focus();
}

/** @param {any} error */
function whyNot(error) {
  if (error instanceof RefusedError) return notice("wrong", `refusal: ${error.code}`, error.detail);
  return notice("wrong", "fault", { detail: String(error.name || error) });
}

/** A bar, and a line that is read out no more often than people can bear. */
function progressBar() {
  const [line, bar] = [make("p", { role: "status", id: "progress-line" }), make("progress", { "aria-labelledby": "progress-line" })];
  const element = make("div", { class: "working screen" }, line, bar);
  let shown = -1;
  const showProgress = (/** @type {number} */ done, /** @type {number} */ count) => {
    [bar.max, bar.value] = [count || 1, done];
    const percent = 5 * Math.floor((20 * done) / (count || 1));
    if (percent !== shown) say(line, "working", { percent });
    shown = percent;
  };
  showProgress(0, 1);
  return { element, show: showProgress };
}

/**
 * A button that saves a file; until then the page asks before it is closed.
 *
 * @param {string} word
 * @param {string} fileName
 * @param {Blob | string} content
 * @param {import("./dom.js").Values} [values]
 */
export function saver(word, fileName, content, values) {
  const file = content instanceof Blob ? content : new Blob([content], { type: "application/json" });
  const attributes = { class: "button button--quiet", download: fileName, href: URL.createObjectURL(file) };
  const link = make("a", attributes, told("span", word, {}, values));
  const sign = make("span", { class: "safe", hidden: "" });
  sign.append(" ", told("span", "saved"));
  link.append(sign);
  link.addEventListener("click", () => {
    unsaved.delete(link);
    sign.hidden = false;
  });
  unsaved.add(link);
  return link;
}

/** Ask before a page with unsaved files is closed. */
export function guardUnsaved() {
  addEventListener("beforeunload", (event) => {
    if (unsaved.size) event.preventDefault();
  });
}

/** @param {[string, string][]} rows word and value */
export function pairs(rows) {
  const divs = rows.map(([word, value]) => make("div", {}, told("dt", word), make("dd", {}, value)));
  return make("dl", { class: "pairs" }, ...divs);
}

/**
 * The minutes as they are printed and signed; they follow the language of the page.
 *
 * @param {import("./minutes.js").Facts} facts
 */
export function minutesPage(facts) {
  const page = make("section", { class: "minutes panel" });
  const draw = () => {
    const { title, introduction, rows, statements, signatures } = minutesOf(facts, language());
    page.replaceChildren(
      make("h2", {}, title),
      make("p", {}, introduction),
      make("dl", { class: "pairs" }, ...rows.map(([term, value]) => make("div", {}, make("dt", {}, term), make("dd", {}, value)))),
      make("ol", {}, ...statements.map((text) => make("li", {}, text))),
      make("div", { class: "signatures" }, ...signatures.map(([role, name]) => make("div", {}, make("p", {}, role), make("p", { class: "signed" }, name)))),
    );
  };
  draw();
  document.addEventListener("language", draw);
  return page;
}

/** @param {() => void} act */
export function printButton(act) {
  const button = told("button", "print", { class: "button", type: "button" });
  button.addEventListener("click", act);
  return button;
}
