// The form of a questionnaire: reads it as the server does (forms/answers.py), shows what is missing, keeps its draft.

import { utf8 } from "./encoding.js";
import { fill, focusOn, select, view } from "./page.js";

/**
 * @typedef {{name: string, title: string, place: HTMLElement, words?: HTMLTextAreaElement}} Field an item or, with `words`, a question
 * @typedef {{field: Field, values: Record<string, any>}} Problem
 * @typedef {{answers: Record<string, number>, missing: Record<string, string>, comments: Record<string, string>, questions: Field[],
 *   problems: Problem[]}} Entered
 */

const MISSING = "missing.";
const FIELDS = "h2, .rating, textarea";

/**
 * @param {HTMLFormElement} form
 * @returns {Entered}
 */
export function read(form) {
  /** @type {Entered} */
  const entered = { answers: {}, missing: {}, comments: {}, questions: [], problems: [] };
  for (const field of fieldsOf(form)) {
    if (field.words) readComment(field, field.words, entered);
    else readItem(field, entered);
  }
  return entered;
}

/**
 * @param {HTMLFormElement} form
 * @returns {Field[]} items with the heading they stand under, questions with their own words
 */
export function fieldsOf(form) {
  /** @type {Field[]} */
  const fields = [];
  let title = "";
  for (const place of select(form, FIELDS)) {
    if (place instanceof HTMLTextAreaElement) {
      fields.push({ name: place.name, title: textOf(place.labels && place.labels[0]), place, words: place });
    } else if (place.matches("h2")) {
      title = textOf(place);
    } else {
      const first = /** @type {HTMLInputElement} */ (place.querySelector("input"));
      fields.push({ name: first.name, title, place });
    }
  }
  return fields;
}

/** @param {Element | null} element */
export const textOf = (element) => ((element && element.textContent) || "").trim();

/**
 * @param {Field} field
 * @param {Entered} entered
 */
function readItem(field, entered) {
  const { name, place } = field;
  const chosen = /** @type {HTMLInputElement | null} */ (place.querySelector("input:checked"));
  if (!chosen) entered.problems.push({ field, values: { choose: true } });
  else if (chosen.value.startsWith(MISSING)) entered.missing[name] = chosen.value.slice(MISSING.length);
  else entered.answers[name] = Number(chosen.value);
}

/**
 * @param {Field} field
 * @param {HTMLTextAreaElement} area
 * @param {Entered} entered
 */
function readComment(field, area, entered) {
  const words = tidy(area.value);
  entered.questions.push(field);
  if (words) entered.comments[field.name] = words;
  const [length, limit] = [utf8(words).length, area.maxLength];
  if (limit >= 0 && length > limit) entered.problems.push({ field, values: { long: true, length, limit } });
}

/**
 * Without control characters and what cannot be seen, as the server does.
 *
 * @param {string} text
 */
const tidy = (text) => text.normalize("NFC").replace(/\r\n/g, "\n").trim().replace(/[^\P{C}\n]/gu, "");

/**
 * Put the list of problems first and each problem at its field.
 *
 * @param {HTMLFormElement} form
 * @param {Problem[]} problems
 */
export function showProblems(form, problems) {
  const summary = view("errors");
  const [list, row] = [summary.querySelector("ul"), summary.querySelector("template")];
  for (const { field, values } of problems) {
    const line = fill(/** @type {HTMLTemplateElement} */ (row), { ...values, title: field.title }, {
      go: () => focusOn(field.words || /** @type {HTMLElement} */ (field.place.querySelector("input"))),
    });
    /** @type {HTMLElement} */ (list).append(line);
    mark(field, values);
  }
  form.before(summary);
  const box = /** @type {HTMLElement} */ (form.previousElementSibling);
  document.title = `${box.dataset.problem} ${document.title}`;
  focusOn(box);
}

/**
 * @param {Field} field
 * @param {Record<string, any>} values
 */
function mark({ name, place, words }, values) {
  const message = view("error", values);
  /** @type {HTMLElement} */ (message.firstElementChild).id = `${name}-error`;
  if (words) words.before(message);
  else /** @type {HTMLElement} */ (place.querySelector("legend")).after(message);
  place.setAttribute("aria-describedby", `${name}-error`);
  /** @type {HTMLElement} */ (place.parentElement).classList.add("govuk-form-group--error");
  if (!words) return;
  words.setAttribute("aria-invalid", "true");
  words.classList.add("govuk-textarea--error");
}

/** @param {HTMLFormElement} form */
export function clearProblems(form) {
  const summary = form.previousElementSibling;
  if (summary && summary.matches(".govuk-error-summary")) {
    document.title = document.title.replace(`${/** @type {HTMLElement} */ (summary).dataset.problem} `, "");
    summary.remove();
  }
  for (const message of select(form, ".govuk-error-message")) message.remove();
  for (const element of select(form, "[aria-describedby$=-error]")) element.removeAttribute("aria-describedby");
  for (const element of select(form, "[aria-invalid]")) element.removeAttribute("aria-invalid");
  for (const name of ["govuk-form-group--error", "govuk-textarea--error"]) {
    for (const element of select(form, `.${name}`)) element.classList.remove(name);
  }
}

/**
 * What was entered so far, field by field.
 *
 * @param {HTMLFormElement} form
 * @returns {Record<string, string> | undefined}
 */
export function draftOf(form) {
  const filled = Array.from(new FormData(form), ([name, value]) => [name, String(value)]).filter(([, value]) => value);
  return filled.length ? Object.fromEntries(filled) : undefined;
}

/**
 * @param {HTMLFormElement} form
 * @param {Record<string, string>} draft
 */
export function fillIn(form, draft) {
  for (const area of form.querySelectorAll("textarea")) area.value = draft[area.name] || "";
  for (const input of form.querySelectorAll("input")) input.checked = draft[input.name] === input.value;
}
