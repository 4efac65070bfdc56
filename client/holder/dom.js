// Elements whose words follow the language: each carries the name of its words, and the values in their blanks.

import { LABELS } from "./labels.js";
import said from "./words.json" with { type: "json" };

/**
 * @typedef {"id" | "en"} Language
 * @typedef {Record<string, string | number>} Values
 */

/** @type {{language: Language}} */
const chosen = { language: "id" };
/** Whatever says something, in the page or out of it for the moment. */
const speakers = /** @type {Set<HTMLElement>} */ (new Set());
export const language = () => chosen.language;

/**
 * @param {string} name of a label, or "refusal: …" or "text: …" of the tool
 * @param {Values} [values]
 * @returns {string}
 */
export function words(name, values = {}) {
  const [kind, rest] = name.split(": ");
  const { refusals, texts } = /** @type {Record<string, any>} */ (said.languages[chosen.language]);
  const text = kind === "refusal" ? texts.refused.replace("{detail}", refusals[rest]) : kind === "text" ? texts[rest] : "";
  const whole = /** @type {string} */ (text || LABELS[name][chosen.language]);
  return whole.replace(/\{(\w+)\}/g, (/** @type {string} */ _, /** @type {string} */ blank) => {
    const value = values[blank];
    return typeof value === "string" && value.startsWith("label: ") ? words(value.slice(7)) : String(value);
  });
}

/** @param {Language} next */
export function choose(next) {
  chosen.language = next;
  document.documentElement.lang = next;
  speakers.forEach(speak);
}

/** The words that stand in the page from its beginning. */
export function takeUpWords() {
  for (const element of document.querySelectorAll("[data-word]")) speakers.add(/** @type {HTMLElement} */ (element));
}

/** @param {HTMLElement} element */
function speak(element) {
  element.textContent = words(element.dataset.word || "", JSON.parse(element.dataset.values || "{}"));
  return element;
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {Values} [values]
 */
export function say(element, name, values = {}) {
  element.dataset.word = name;
  element.dataset.values = JSON.stringify(values);
  speakers.add(element);
  return speak(element);
}

/**
 * An element: its tag with classes, its attributes, what is in it.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} content
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...content);
  return element;
}

/**
 * An element that says something.
 *
 * @param {keyof HTMLElementTagNameMap} tag
 * @param {string} name
 * @param {Record<string, string>} [attributes]
 * @param {Values} [values]
 */
export const told = (tag, name, attributes = {}, values = {}) => say(make(tag, attributes), name, values);
