// The holder's page: one task at a time, in the language that is chosen. It runs from a file, without any network.

import { choose, make, takeUpWords, told, words } from "./dom.js";
import { formOf } from "./form.js";
import { guardUnsaved, show } from "./result.js";
import { TASKS } from "./tasks.js";

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const START = "start";
const shown = { task: START };
const views = /** @type {Map<string, HTMLElement>} */ (new Map());

function build() {
  takeUpWords();
  byId("unsaved-page").remove();
  views.set(START, byId("view-start"));
  for (const [name, { fields, work }] of Object.entries(TASKS)) {
    const result = make("div", { class: "result" });
    const form = formOf(name, fields, (entered) => show(result, (progress) => work(entered, progress)));
    const heading = told("h1", name, { class: "screen", tabindex: "-1" });
    const lead = told("p", `${name}-lead`, { class: "lead screen" });
    views.set(name, make("section", { id: `view-${name}` }, heading, lead, form, result));
  }
  for (const name of views.keys()) {
    const button = told("button", name, { type: "button", class: "task", "data-task": name });
    button.addEventListener("click", () => turnTo(name));
    byId("tasks").append(make("li", {}, button));
  }
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => speak(/** @type {any} */ (button).dataset.language));
  }
}

/** @param {string} task */
function turnTo(task) {
  const view = /** @type {HTMLElement} */ (views.get(task));
  views.get(shown.task)?.replaceWith(view);
  shown.task = task;
  mark();
  view.querySelector("h1")?.focus();
}

/** Which task is shown, for those who see the menu and those who hear it. */
function mark() {
  for (const button of document.querySelectorAll("[data-task]")) {
    const isShown = /** @type {HTMLElement} */ (button).dataset.task === shown.task;
    if (isShown) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
  document.title = `${words(shown.task)} - Cermin`;
}

/** @param {import("./dom.js").Language} language */
function speak(language) {
  choose(language);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (button).dataset.language === language));
  }
  byId("task-menu").setAttribute("aria-label", words("tasks"));
  document.dispatchEvent(new Event("language"));
  mark();
}

build();
guardUnsaved();
speak("id");
byId("view-start").hidden = false;
