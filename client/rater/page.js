// The small layer over the page. Every view is a <template> of the server, in the page's language and with the page's markup:
// data-fill="key" takes a text, data-if="key …" stays where one of the keys holds, data-act="key" is a button.

/**
 * @typedef {Record<string, any>} Values
 * @typedef {Record<string, () => unknown>} Acts
 */

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const stage = document.createElement("div");

/** @param {string} name */
const find = (name) => /** @type {HTMLTemplateElement} */ (document.getElementById(`rater-${name}`));

/**
 * @param {string} name
 * @param {Values} [values]
 * @param {Acts} [acts]
 */
export const view = (name, values, acts) => fill(find(name), values, acts);

/**
 * @param {HTMLTemplateElement} template
 * @param {Values} [values]
 * @param {Acts} [acts]
 */
export function fill(template, values = {}, acts = {}) {
  const part = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  for (const element of select(part, "[data-if]")) {
    if (!(element.dataset.if || "").split(" ").some((key) => values[key])) element.remove();
  }
  for (const element of select(part, "[data-fill]")) element.textContent = values[element.dataset.fill || ""];
  for (const element of select(part, "[data-act]")) {
    element.addEventListener("click", (event) => {
      event.preventDefault();
      acts[element.dataset.act || ""]();
    });
  }
  return part;
}

/**
 * @param {ParentNode} part
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
export const select = (part, selector) => Array.from(part.querySelectorAll(selector));

/**
 * Show a view in place of the last one, and begin to read at its heading.
 *
 * @param {DocumentFragment} part
 * @param {boolean} [quietly] it changed by itself: the page stays where it is
 */
export function show(part, quietly) {
  const isRead = stage.contains(document.activeElement);
  stage.textContent = "";
  stage.append(part);
  const heading = /** @type {HTMLElement} */ (stage.querySelector("h1"));
  document.title = `${heading.textContent} - Cermin`;
  if (quietly) return isRead && focusOn(heading);
  say();
  scrollTo(0, 0);
  return focusOn(heading);
}

/** @param {HTMLElement} element */
export function focusOn(element) {
  if (!element.matches("input, textarea, button")) element.tabIndex = -1;
  element.focus({ preventScroll: element.matches("h1") });
}

/**
 * Say in one line what is going on, on the page and to screen readers.
 *
 * @param {string} [name] one of the texts of the line; none clears it
 */
export function say(name) {
  const line = find("says");
  const words = (name && line.dataset[name]) || "";
  if (line.textContent !== words) line.textContent = words;
}

/**
 * The line that stays as long as something is not sent.
 *
 * @param {number} count
 */
export function showWaiting(count) {
  const place = find("waiting");
  place.textContent = "";
  if (count) place.append(view("unsent", { count }));
}

/** Views take the place of the server's content; both lines stand above them. */
export function setTheStage() {
  stage.append(...main.childNodes);
  main.append(find("says"), find("waiting"), stage);
}

/** @param {string} text */
export const copy = (text) => navigator.clipboard.writeText(text).then(() => say("copied"), () => say());
