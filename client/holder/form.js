// A form of the page: built from the list of its fields, read, and complained about where something is missing.

import { make, say, told } from "./dom.js";

/**
 * @typedef {{name: string, kind: "text" | "count" | "hash" | "file" | "choice", options?: string[], hint?: string,
 *   optional?: boolean, given?: [string, string]}} Field `given`: asked for only where that choice has that value
 * @typedef {Record<string, any>} Entered
 */

/** Fields that more than one task asks for. */
export const KEY_FIELDS = /** @type {Field[]} */ ([
  { name: "source", kind: "choice", options: ["key", "shares"] },
  { name: "key", kind: "file", given: ["source", "key"] },
  { name: "share-a", kind: "file", given: ["source", "shares"] },
  { name: "share-b", kind: "file", given: ["source", "shares"] },
]);
export const CYCLE_FIELDS = /** @type {Field[]} */ ([
  { name: "cycle", kind: "text", hint: "cycle-hint" },
  { name: "layer", kind: "choice", options: ["1", "2"] },
]);
export const LIST_FIELDS = /** @type {Field[]} */ ([
  { name: "list", kind: "file" },
  { name: "count", kind: "count" },
  { name: "hash", kind: "hash", hint: "hash-hint" },
]);
/** @type {Field} */
export const REASON = { name: "reason", kind: "text", hint: "reason-hint", optional: true };

/**
 * @param {string} task
 * @param {Field[]} fields
 * @param {(entered: Entered) => Promise<void>} act
 */
export function formOf(task, fields, act) {
  const [problems, rows] = [make("div"), new Map(fields.map((field) => [field, row(task, field)]))];
  const button = told("button", task, { class: "button", type: "submit" });
  const form = make("form", { novalidate: "", class: "screen", autocomplete: "off" });
  const showAsked = () => {
    let last = /** @type {Element} */ (problems);
    for (const [field, group] of rows) {
      if (!isAsked(form, field)) group.remove();
      else if (group.parentNode !== form) last.after(group);
      if (group.parentNode === form) last = group;
    }
  };
  form.append(problems, make("div", { class: "actions" }, button));
  form.addEventListener("change", showAsked);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const asked = fields.filter((field) => isAsked(form, field));
    const found = asked.flatMap((field) => complaint(form, field));
    complain(problems, task, asked, found);
    if (!found.length) whileBusy(form, () => act(read(form, asked)));
  });
  showAsked();
  return form;
}

/**
 * @param {HTMLFormElement} form
 * @param {() => Promise<void>} work
 */
async function whileBusy(form, work) {
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("[type=submit]"));
  button.disabled = true;
  await work();
  button.disabled = false;
}

/**
 * @param {string} task
 * @param {Field} field
 */
function row(task, field) {
  const { name, kind, hint } = field;
  const id = `${task}-${name}`;
  const group = make("div", { class: "govuk-form-group" });
  if (kind === "choice") return choiceRow(group, id, field);
  group.append(told("label", name, { class: "govuk-label", for: id }));
  if (hint) group.append(told("div", hint, { class: "govuk-hint", id: `${id}-hint` }));
  const type = kind === "file" ? "file" : "text";
  const input = make("input", { class: `govuk-input${kind === "file" ? " file" : ""}`, id, name, type });
  if (kind === "count") input.inputMode = "numeric";
  if (kind === "hash") input.spellcheck = false;
  if (hint) input.setAttribute("aria-describedby", `${id}-hint`);
  group.append(input);
  return group;
}

/**
 * @param {HTMLElement} group
 * @param {string} id
 * @param {Field} field
 */
function choiceRow(group, id, { name, options = [] }) {
  const choices = options.map((value, place) => {
    const ofOne = { id: place ? `${id}-${value}` : id, name, type: "radio", value, ...(place ? {} : { checked: "" }) };
    return make("div", { class: "choice" }, make("input", ofOne), told("label", `${name}-${value}`, { for: ofOne.id }));
  });
  group.append(make("fieldset", { class: "govuk-fieldset" }, told("legend", name, { class: "govuk-label" }), ...choices));
  return group;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 */
const valueOf = (form, name) => String(new FormData(form).get(name) || "").trim();

/**
 * @param {HTMLFormElement} form
 * @param {Field} field
 */
const isAsked = (form, { given }) => !given || valueOf(form, given[0]) === given[1];

/** @param {string} text as it was read out or copied: spaces and capitals do not matter */
const hashOf = (text) => text.replace(/\s/g, "").toLowerCase();

/**
 * @param {HTMLFormElement} form
 * @param {Field} field
 * @returns {{name: string, word: string}[]}
 */
function complaint(form, { name, kind, optional }) {
  if (kind === "file") return fileOf(form, name) ? [] : [{ name, word: "missing" }];
  const value = valueOf(form, name);
  if (!value) return optional ? [] : [{ name, word: "missing" }];
  if (kind === "count" && !/^\d{1,9}$/.test(value)) return [{ name, word: "no-count" }];
  if (kind === "hash" && !/^[0-9a-f]{64}$/.test(hashOf(value))) return [{ name, word: "no-hash" }];
  return [];
}

/**
 * @param {HTMLElement} place
 * @param {string} task
 * @param {Field[]} fields
 * @param {{name: string, word: string}[]} found
 */
function complain(place, task, fields, found) {
  place.textContent = "";
  for (const { name } of fields) {
    const input = /** @type {HTMLElement} */ (document.getElementById(`${task}-${name}`));
    const isWrong = found.some((each) => each.name === name);
    if (isWrong) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
  if (!found.length) return;
  const links = found.map(({ name, word }) => {
    const link = told("a", word, { href: `#${task}-${name}` }, { label: `label: ${name}` });
    link.addEventListener("click", (event) => {
      event.preventDefault();
      document.getElementById(`${task}-${name}`)?.focus();
    });
    return make("li", {}, link);
  });
  const heading = say(make("h2", { class: "govuk-error-summary__title" }), "problem");
  const summary = make("div", { class: "govuk-error-summary", role: "alert", tabindex: "-1" }, heading);
  summary.append(make("ul", { class: "govuk-error-summary__list" }, ...links));
  place.append(summary);
  summary.focus();
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @returns {File | undefined}
 */
const fileOf = (form, name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).files?.[0];

/**
 * @param {HTMLFormElement} form
 * @param {Field[]} fields
 * @returns {Entered}
 */
function read(form, fields) {
  /** @type {Record<Field["kind"], (name: string) => unknown>} */
  const readers = {
    file: (name) => fileOf(form, name),
    count: (name) => Number(valueOf(form, name)),
    hash: (name) => hashOf(valueOf(form, name)),
    text: (name) => valueOf(form, name),
    choice: (name) => valueOf(form, name),
  };
  return Object.fromEntries(fields.map(({ name, kind }) => [name, readers[kind](name)]));
}
