// One behaviour, many people: who supervises many goes through them item by item. What is chosen is kept as the draft of that
// person's sheet; sheets that are complete are sealed and sent one by one, as from their own pages.

import { formOf, PATIENCE } from "./answering.js";
import { keepDraft, openRecord, sealAnswers } from "./device.js";
import { here, pause } from "./here.js";
import { say, select, show, view } from "./page.js";
import { draftOf, fieldsOf, fillIn, read, textOf } from "./questionnaire.js";
import { sendAll } from "./sending.js";

/**
 * @typedef {import("./device.js").Entry} Entry
 * @typedef {{entry: Entry, form: HTMLFormElement}} Sheet
 * @typedef {(problem?: "offline") => unknown} Leave
 */

const MANY = 16;
const UNSENT = ["new", "ready", "begun"];

/**
 * The sheets to go through together: those of somebody's own people, if there are many left.
 *
 * @param {{entry: Entry, state: string}[]} papers
 * @returns {Entry[]}
 */
export function together(papers) {
  const own = papers.filter(({ entry, state }) => entry.rater_group === "supervisor" && UNSENT.includes(state));
  return own.length < MANY ? [] : own.map(({ entry }) => entry);
}

/**
 * @param {Entry[]} entries
 * @param {Leave} leave
 */
export async function openAcross(entries, leave) {
  /** @type {Sheet[]} */
  const sheets = [];
  /** @type {Set<string>} */
  const items = new Set();
  for (const entry of entries) {
    const record = await openRecord(here.store, entry);
    if (!record) continue;
    const form = await formOf(entry);
    if (!form) return leave("offline");
    fillIn(form, record.draft || {});
    sheets.push({ entry, form });
    for (const { name, words } of fieldsOf(form)) if (!words) items.add(name);
  }
  here.refresh = () => {};
  return sheets.length ? showItem(sheets, Array.from(items), 0, leave) : leave();
}

/**
 * @param {Sheet[]} sheets
 * @param {string[]} items
 * @param {number} at
 * @param {Leave} leave
 */
function showItem(sheets, items, at, leave) {
  const rows = sheets.flatMap((sheet) => {
    const field = fieldsOf(sheet.form).find(({ name }) => name === items[at]);
    return field ? [{ sheet, field }] : []; // some are asked about leaders alone
  });
  const { title, place } = rows[0].field;
  const values = {
    title, statement: textOf(place.querySelector("legend")), number: at + 1, count: items.length,
    earlier: at > 0, later: at < items.length - 1, last: at === items.length - 1,
  };
  const step = (/** @type {number} */ by) => () => showItem(sheets, items, at + by, leave);
  const part = view("across", values, {
    previous: step(-1), next: step(1), back: () => leave(), send: () => sendComplete(sheets, leave),
  });
  const people = select(part, "[data-people]")[0];
  rows.forEach(({ sheet, field }, row) => people.append(choice(sheet, field.place, `p${row}-`)));
  show(part);
}

/**
 * The item of one person's form, under the person's name; what is chosen goes back into the form and its draft.
 *
 * @param {Sheet} sheet
 * @param {HTMLElement} place
 * @param {string} prefix keeps the people apart
 */
function choice({ entry, form }, place, prefix) {
  const copy = /** @type {HTMLElement} */ (place.cloneNode(true));
  /** @type {HTMLElement} */ (copy.querySelector("legend")).textContent = entry.name;
  for (const label of copy.querySelectorAll("label")) label.htmlFor = prefix + label.htmlFor;
  for (const input of copy.querySelectorAll("input")) {
    input.name = prefix + input.name;
    input.id = prefix + input.id;
  }
  copy.addEventListener("change", async ({ target }) => {
    const { value } = /** @type {HTMLInputElement} */ (target);
    for (const input of place.querySelectorAll("input")) input.checked = input.value === value;
    await keepDraft(here.store, entry, draftOf(form));
    say("kept");
  });
  return copy;
}

/**
 * Sheets with words of their own go from their own pages, where hints are given before they go.
 *
 * @param {Sheet[]} sheets
 * @param {Leave} leave
 */
async function sendComplete(sheets, leave) {
  say("sealing");
  for (const { entry, form } of sheets) {
    const entered = read(form);
    if (entered.problems.length || Object.keys(entered.comments).length) continue;
    await sealAnswers(here.store, here.list, entry, entered);
  }
  say("sending");
  await Promise.race([sendAll(), pause(PATIENCE)]);
  leave();
}
