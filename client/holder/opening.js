// Open one layer of a list: every item is opened, and handed on in an order that nobody can trace back (protocol/opening.py).

import { concat, random, sha256, toHex } from "../rater/encoding.js";
import { check, pieces, write } from "./lists.js";
import { RefusedError } from "./refusal.js";
import { layerInfo, openBase } from "./unseal.js";
import said from "./words.json" with { type: "json" };

const SHUFFLE_KEY_BYTES = 32;
const READ_BACK = "read back after writing";
/** @type {Record<number, number>} */
const NEXT_LAYER = { 1: 2, 2: 0 };

/**
 * @typedef {import("./lists.js").Head} Head
 * @typedef {{before: Head, after: Head, leftOut: number, reason: string, file: Blob}} Opened
 */

/**
 * Check a list, open its layer, and make the next list, shuffled. Of items with the same content one is handed on.
 *
 * @param {Blob} file
 * @param {import("./keys.js").HolderKey} key
 * @param {{count: number, hash: string}} told by another way
 * @param {string} reason why it is opened although it is short or many items do not open
 * @param {import("./lists.js").Progress} [progress] of checking, opening and reading back together
 * @returns {Promise<Opened>}
 */
export async function openList(file, key, told, reason, progress = () => {}) {
  const { cycle, layer } = key;
  const asTold = { cycle, layer, count: told.count, hash: told.hash };
  const part = (/** @type {number} */ passed) => (/** @type {number} */ done) => progress(passed * told.count + done, 3 * told.count);
  const before = await check(file, asTold, reason, part(0));
  const opened = await unsealed(file, key, part(1));
  if (before.count && !opened.length) throw new RefusedError("wrong_key");
  const leftOut = before.count - opened.length;
  const borne = Math.max(said.limits.always, Math.floor((before.count * said.limits.percent) / 100));
  if (leftOut > borne && !reason.trim()) throw new RefusedError("unreadable", { left_out: leftOut, count: before.count });
  const { head: after, file: next } = await write(cycle, NEXT_LAYER[layer], await shuffled(opened));
  await check(next, after, READ_BACK, part(2)); // a browser short of memory tells so only where what it kept is read
  return { before, after, leftOut, reason: reason.trim(), file: next };
}

/**
 * The items in the order of their hashes under a key that is forgotten at once.
 *
 * @param {import("./lists.js").Item[]} items
 */
export async function shuffled(items) {
  const key = random(SHUFFLE_KEY_BYTES);
  const ranked = [];
  for (const one of items) ranked.push({ one, rank: toHex(await sha256(concat(key, one.item))) });
  return ranked.sort((left, right) => (left.rank < right.rank ? -1 : 1)).map(({ one }) => one);
}

/**
 * @param {Blob} file
 * @param {import("./keys.js").HolderKey} key
 * @param {(done: number) => void} progress
 */
async function unsealed(file, key, progress) {
  const info = layerInfo(key.cycle, key.layer);
  /** @type {Map<string, import("./lists.js").Item>} */
  const opened = new Map();
  let done = 0;
  for await (const items of pieces(file)) {
    for (const item of await Promise.all(items.map((sealed) => openBase(key, info, sealed)))) {
      if (item) {
        const digest = await sha256(item);
        opened.set(toHex(digest), { item, digest });
      }
    }
    done += items.length;
    progress(done);
  }
  return [...opened.values()];
}
