// The rater's pages in the browser: the server's start page goes on here, and papers, drafts and sealing stay on the device.
// Where the browser lacks what this needs, nothing happens and the page's plain form works.

import "./start.js";

import { openAcross, together } from "./across.js";
import { openPaper, valuesOf } from "./answering.js";
import { isKnown, isPinned, readList, standing, takeAll } from "./device.js";
import { here, session } from "./here.js";
import { CODE, showImport, showMove, showWipe } from "./moving.js";
import { fill, setTheStage, say, select, show, view } from "./page.js";
import { loadList } from "./papers.js";
import { sendAll } from "./sending.js";
import { openDatabase } from "./store.js";

/** @typedef {import("./store.js").Store} Store */

const start = /** @type {HTMLFormElement} */ (document.getElementById("start"));
let step = history.state || 0; // how many questionnaires the browser's "back" can leave

/**
 * @param {string} typed
 * @returns {Promise<void>}
 */
async function openList(typed) {
  say("loading");
  const { outcome, value } = await loadList(here.net, typed);
  if (outcome === "offline") return showProblem("offline", () => openList(typed));
  if (outcome !== "ok") return leaveToServer(typed);
  const list = await readList(value).catch(() => null);
  if (!list) return showProblem("unsound", () => openList(typed));
  here.list = list;
  here.code = typed;
  sessionStorage.setItem(CODE, typed);
  for (const store of [here.own, session]) if (store && (await isKnown(store, list))) return openWith(store);
  return showDevice();
}

/**
 * @param {Store} store
 * @returns {Promise<void>}
 */
async function openWith(store) {
  here.store = store;
  if (await isPinned(store, here.list)) return showList();
  return showProblem("unsound", () => openList(here.code));
}

/**
 * The server's own page says what is wrong with a code.
 *
 * @param {string} typed
 */
function leaveToServer(typed) {
  sessionStorage.removeItem(CODE);
  start.secret.value = typed;
  start.hidden = true;
  document.body.append(start);
  start.submit();
}

/**
 * @param {"offline" | "unsound" | "device"} name
 * @param {() => unknown} again
 */
function showProblem(name, again) {
  here.refresh = () => {};
  show(view("problem", { [name]: true }, { again }));
}

/** What the pages about the whole list say. */
function valuesOfList() {
  const { manifest, papers, closes_on, code } = here.list;
  const [outer, inner] = manifest.layers;
  const day = new Date(`${closes_on}T00:00Z`).toLocaleDateString(document.documentElement.lang, {
    day: "numeric", month: "long", year: "numeric", timeZone: "UTC",
  });
  return {
    name: manifest.name, count: papers.filter((/** @type {any} */ paper) => !paper.is_drawn).length, day, code, outer: outer.office, inner: inner.office,
    [manifest.purpose]: true, [manifest.mode]: true, own: here.own, shared: here.store === session,
  };
}

/** Whose device it is decides what is kept on it; only after this are the papers taken. */
function showDevice() {
  /** @param {Store | null} store */
  const choose = async (store) => {
    here.store = store || session;
    if ((await isPinned(here.store, here.list)) && (await take())) await showList();
  };
  show(view("device", valuesOfList(), { own: () => choose(here.own), shared: () => choose(session) }));
}

/** Take the papers, or say on the page why not. */
async function take() {
  say("taking");
  const outcome = await takeAll(here.store, here.net, here.code, here.list);
  if (outcome === "offline") showProblem("offline", () => openList(here.code));
  else if (outcome === "refused") showProblem("unsound", () => openList(here.code));
  else if (outcome !== "ok") leaveToServer(here.code);
  return outcome === "ok";
}

/** @param {boolean} [quietly] */
async function showList(quietly) {
  here.refresh = () => showList(true);
  const papers = await standing(here.store, here.list);
  const done = papers.filter(({ state }) => state === "ok" || state === "taken").length;
  const own = valuesOfList();
  const back = () => showList();
  const many = together(papers);
  const across = async () => {
    if (papers.some(({ state }) => state === "new") && !(await take())) return;
    history.pushState(++step, "");
    await openAcross(many, (problem) => (problem ? showProblem(problem, across) : showList()));
  };
  const part = view("list", { ...own, done, all: done === own.count, many: many.length }, {
    across, move: () => showMove(back), wipe: () => showWipe(back),
  });
  const row = /** @type {HTMLTemplateElement} */ (part.querySelector("template"));
  for (const { entry, state, record } of papers) {
    const receipt = record && record.sent && record.sent.receipt;
    const open = async () => {
      if (state === "new" && !(await take())) return;
      history.pushState(++step, "");
      await openPaper(entry, (problem) => (problem ? showProblem(problem, open) : showList()));
    };
    row.before(fill(row, { ...valuesOf(entry), [state]: true, receipt }, { open }));
  }
  select(part, "rect")[0].setAttribute("width", String((100 * done) / own.count));
  show(part, quietly);
}

/** The browser's "back" leads from a questionnaire to the list; moving inside a page is none of its business. */
function goBack() {
  const reached = history.state || 0;
  if (location.hash || reached === step || !here.list) return;
  step = reached;
  showList();
}

async function begin() {
  here.own = await openDatabase(indexedDB).catch(() => null);
  setTheStage();
  start.addEventListener("submit", (event) => {
    event.preventDefault();
    if (start.secret.value.trim()) openList(start.secret.value);
    else start.submit();
  });
  start.after(view("more", {}, { import: () => showImport(openList) }));
  addEventListener("online", sendAll);
  addEventListener("popstate", goBack);
  addEventListener("unhandledrejection", () => showProblem("device", () => location.reload()));
  sendAll();
  const code = sessionStorage.getItem(CODE);
  if (code && !start.secret.value) openList(code);
}

// `fromEntries` stands for all that came to browsers by 2019.
const isAble = "BigInt" in window && crypto.subtle && "fromEntries" in Object && "indexedDB" in window;
if (isAble && start && document.getElementById("rater-list")) begin();
