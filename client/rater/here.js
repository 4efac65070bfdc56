// What the steps of one visit share.

import { openSession } from "./store.js";

/** @typedef {import("./store.js").Store} Store */

export const session = openSession(sessionStorage);

export const here = {
  /** @type {Store | null} the store of somebody's own device */
  own: null,
  /** where the papers of the open list lie */
  store: session,
  /** @type {any} the open list (`List` of device.js) */
  list: null,
  code: "",
  /** Show again, quietly, what may have changed by itself. */
  refresh: () => {},
  /** @type {import("./papers.js").Net} */
  net: { fetch: (input, init) => fetch(input, init) },
};

/** @param {number} milliseconds */
export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
