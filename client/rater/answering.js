// One questionnaire: its form, its draft, hints at what gives the writer away, sealing, and the receipt.

import { keepDraft, openRecord, sealAnswers, standing } from "./device.js";
import { here, pause } from "./here.js";
import { findHints, findMisconduct } from "./hints.js";
import { copy, fill, focusOn, say, select, show, view } from "./page.js";
import { loadQuestionnaire } from "./papers.js";
import { clearProblems, draftOf, fillIn, read, showProblems } from "./questionnaire.js";
import { sendAll } from "./sending.js";

/**
 * @typedef {import("./device.js").Entry} Entry
 * @typedef {import("./questionnaire.js").Entered} Entered
 * @typedef {(problem?: "offline") => unknown} Leave back to the list, or to the page that says what is wrong
 */

export const PATIENCE = 8000;
const TYPING_PAUSE = 400;

/** @type {Map<string, string>} */
const questionnaires = new Map();
let keepNow = () => {};

/**
 * What the views say about a paper.
 *
 * @param {Entry} entry
 */
export function valuesOf(entry) {
  const { rater_group, job_title } = entry;
  const group = rater_group !== "self" && rater_group !== "supervisor";
  return { ...entry, [rater_group]: true, other: rater_group !== "self", group, comma: job_title && ", " };
}

/**
 * @param {Entry} entry
 * @param {Leave} leave
 */
export async function openPaper(entry, leave) {
  const record = await openRecord(here.store, entry);
  if (!record) return leave();
  const form = await formOf(entry);
  if (!form) return leave("offline");
  fillIn(form, record.draft || {});
  showPaper(entry, form, leave);
}

/** @param {Entry} entry */
export async function formOf(entry) {
  const name = [entry.instrument, entry.rater_group, entry.leads].join();
  if (!questionnaires.has(name)) {
    say("loading");
    const { value } = await loadQuestionnaire(here.net, entry, document.documentElement.lang);
    if (!value) return null;
    questionnaires.set(name, value);
  }
  const template = document.createElement("template");
  template.innerHTML = questionnaires.get(name) || "";
  return template.content.querySelector("form");
}

/**
 * @param {Entry} entry
 * @param {HTMLFormElement} form
 * @param {Leave} leave
 */
function showPaper(entry, form, leave) {
  const { minimum, decision } = here.list;
  const back = async () => {
    await keepNow();
    leave();
  };
  const part = view("paper", { ...valuesOf(entry), minimum, decision }, { back });
  select(part, "[data-form]")[0].replaceWith(form);
  keepDrafts(entry, form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(entry, form, leave);
  });
  here.refresh = () => {};
  show(part);
}

/**
 * @param {Entry} entry
 * @param {HTMLFormElement} form
 */
function keepDrafts(entry, form) {
  let clock = 0;
  keepNow = async () => {
    clearTimeout(clock);
    await keepDraft(here.store, entry, draftOf(form));
    say("kept");
  };
  form.addEventListener("input", () => {
    clearTimeout(clock);
    clock = window.setTimeout(keepNow, TYPING_PAUSE);
  });
}

document.addEventListener("visibilitychange", () => document.hidden && keepNow());

/**
 * @param {Entry} entry
 * @param {HTMLFormElement} form
 * @param {Leave} leave
 * @param {boolean} [asItIs] the writer has seen the hints
 */
async function submit(entry, form, leave, asItIs) {
  await keepNow();
  clearProblems(form);
  const entered = read(form);
  if (entered.problems.length) return showProblems(form, entered.problems);
  if (!asItIs && showHints(form, entered, () => submit(entry, form, leave, true))) return;
  say("sealing");
  try {
    await sealAnswers(here.store, here.list, entry, entered);
  } catch (error) {
    say();
    if (!(error instanceof RangeError)) throw error;
    return showProblems(form, entered.questions.map((field) => ({ field, values: { whole: true } })));
  }
  keepNow = () => {};
  say("sending");
  await Promise.race([sendAll(), pause(PATIENCE)]);
  showReceipt(entry, leave);
}

/**
 * Whether there is something in the comments to think about before they go.
 *
 * @param {HTMLFormElement} form
 * @param {Entered} entered
 * @param {() => unknown} send
 */
function showHints(form, { comments, questions }, send) {
  for (const old of select(form, "[data-hints]")) old.remove();
  const names = here.list.papers.map((/** @type {Entry} */ { name }) => name);
  const found = questions.flatMap(({ name, words }) => {
    const text = comments[name] || "";
    const passages = (/** @type {import("./hints.js").Span[]} */ spans) => spans.map(({ start, end }) => text.slice(start, end));
    return [{ words, identity: passages(findHints(text, names)), misconduct: passages(findMisconduct(text)) }];
  });
  const hinted = found.filter(({ identity, misconduct }) => identity.length + misconduct.length);
  if (!hinted.length) return false;
  const list = (/** @type {"identity" | "misconduct"} */ kind) => hinted.flatMap((each) => each[kind]).join(" · ");
  const change = () => focusOn(/** @type {HTMLElement} */ (hinted[0].words));
  const part = view("hints", { identity: list("identity"), misconduct: list("misconduct") }, { change, send });
  const box = /** @type {HTMLElement} */ (part.firstElementChild);
  select(form, ".actions")[0].before(part);
  focusOn(box);
  return true;
}

/**
 * @param {Entry} entry
 * @param {Leave} leave
 * @param {boolean} [quietly]
 */
async function showReceipt(entry, leave, quietly) {
  here.refresh = () => showReceipt(entry, leave, true);
  const found = (await standing(here.store, here.list)).find((each) => each.entry === entry);
  const { record, state } = /** @type {NonNullable<typeof found>} */ (found);
  const receipt = record && record.sent && record.sent.receipt;
  const values = { receipt, [state]: true, copy: navigator.clipboard };
  show(view("receipt", values, { copy: () => copy(receipt || ""), next: () => leave() }), quietly);
}
