// The queue of sealed ballots: sent one after another, again and again until the box has them.

import { sendWaiting } from "./device.js";
import { here, session } from "./here.js";
import { showWaiting } from "./page.js";

const BETWEEN_TRIES = 60000;

/** @type {Promise<unknown>} */
let queue = Promise.resolve();
let clock = 0;

/** Send what waits in either store; resolves when all of it was tried. */
export function sendAll() {
  queue = queue.then(tryAll, tryAll);
  return queue;
}

async function tryAll() {
  clearTimeout(clock);
  const tried = [];
  for (const store of here.own ? [here.own, session] : [session]) tried.push(await sendWaiting(store, here.net));
  const waiting = tried.reduce((sum, each) => sum + each.waiting, 0);
  showWaiting(waiting);
  if (waiting) clock = window.setTimeout(sendAll, BETWEEN_TRIES);
  if (tried.some(({ settled }) => settled)) here.refresh();
}
