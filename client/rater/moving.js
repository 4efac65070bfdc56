// To another device, from another device, and off this one.

import { exportRecords, importRecords, standing } from "./device.js";
import { here, session } from "./here.js";
import { newPassphrase, pack, unpack } from "./move.js";
import { copy, focusOn, say, select, show, view } from "./page.js";

const FILE_NAME = "cermin.txt";
export const CODE = "cermin code"; // in the session, so that a reload asks for no second tap

/** @param {() => unknown} back */
export async function showMove(back) {
  here.refresh = () => {};
  say("packing");
  const passphrase = newPassphrase();
  const text = await pack({ code: here.code, records: await exportRecords(here.store, here.list) }, passphrase);
  const values = { passphrase, text, copy: navigator.clipboard };
  const part = view("move", values, { copy: () => copy(text), back, wipe: () => showWipe(back) });
  const link = /** @type {HTMLAnchorElement} */ (part.querySelector("[download]"));
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = FILE_NAME;
  show(part);
}

/**
 * @param {(code: string) => unknown} open
 * @param {boolean} [wrong] the last text did not open
 */
export function showImport(open, wrong) {
  here.refresh = () => {};
  const part = view("import", { wrong });
  const form = /** @type {HTMLFormElement} */ (part.querySelector("form"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [file] = form.file.files;
    say("packing");
    const content = await unpack(file ? await file.text() : form.text.value, form.passphrase.value);
    if (!content) return showImport(open, true);
    await importRecords(here.own || session, content.records);
    return open(content.code);
  });
  show(part);
  if (wrong) focusOn(select(document, ".govuk-error-summary")[0]);
}

/** @param {() => unknown} back */
export async function showWipe(back) {
  here.refresh = () => {};
  const papers = await standing(here.store, here.list);
  const count = (/** @type {string[]} */ ...states) => papers.filter(({ state }) => states.includes(state)).length;
  const [unsent, untouched] = [count("unsent"), count("ready", "begun")];
  show(view("wipe", { unsent, untouched, nothing: !unsent && !untouched }, { wipe, back }));
}

async function wipe() {
  if (here.own) await here.own.clear();
  await session.clear();
  sessionStorage.removeItem(CODE);
  location.replace(location.pathname + location.search);
}
