// The ballots of a cycle as list files (protocol/lists.py). A list is larger than a page should hold at once, so it is read
// in pieces; all items of a layer have the same size, so every piece has its place in the file.

import { canonical, concat, sha256, toHex, utf8 } from "../rater/encoding.js";
import { lettersOf, readLetters, writeLetters } from "./base64.js";
import { RefusedError } from "./refusal.js";
import said from "./words.json" with { type: "json" };

const KIND = "cermin list 1";
const LONGEST_LINE = 20_000;
const LINE_END = 10;
const HASH_BYTES = 32;
const ITEMS_A_PIECE = 256;
/** @type {Record<number, number>} */
const ITEM_BYTES = { 0: 8192, 1: 8354, 2: 8273 };

/**
 * @typedef {{cycle: string, layer: number, count: number, hash: string}} Head what a list says of itself in its first line
 * @typedef {(done: number, count: number) => void} Progress
 * @typedef {{item: Bytes, digest: Bytes}} Item
 */

/**
 * @param {Blob} file
 * @returns {Promise<{head: Head, start: number}>} and where its items begin
 */
export async function readHead(file) {
  const bytes = new Uint8Array(await file.slice(0, LONGEST_LINE).arrayBuffer());
  const end = bytes.indexOf(LINE_END);
  const head = end < 0 ? null : headOf(bytes.subarray(0, end));
  if (!head) throw new RefusedError("not_a_list");
  return { head, start: end + 1 };
}

/**
 * @param {Bytes} line
 * @returns {Head | null}
 */
function headOf(line) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(line);
    const { count, cycle, hash, kind, layer } = JSON.parse(text);
    const isHead = kind === KIND && Number.isSafeInteger(count) && typeof cycle === "string" && typeof hash === "string";
    const isOurs = isHead && Number.isInteger(layer) && layer in ITEM_BYTES;
    return isOurs && canonical({ count, cycle, hash, kind, layer }) === text ? { cycle, layer, count, hash } : null;
  } catch {
    return null;
  }
}

/**
 * Go through the items of a list, piece by piece.
 *
 * @param {Blob} file
 * @returns {AsyncGenerator<Bytes[]>}
 */
export async function* pieces(file) {
  const { head: { layer, count }, start } = await readHead(file);
  const size = ITEM_BYTES[layer];
  const line = lettersOf(size) + 1;
  if (file.size !== start + count * line) throw new RefusedError("damaged");
  for (let first = 0; first < count; first += ITEMS_A_PIECE) {
    const last = Math.min(first + ITEMS_A_PIECE, count);
    const bytes = new Uint8Array(await file.slice(start + first * line, start + last * line).arrayBuffer());
    yield Array.from({ length: last - first }, (_, place) => itemOf(bytes.subarray(place * line, (place + 1) * line), size));
  }
}

/**
 * @param {Bytes} line
 * @param {number} size
 */
function itemOf(line, size) {
  const item = line[line.length - 1] === LINE_END && readLetters(line.subarray(0, -1), size);
  if (!item) throw new RefusedError("damaged");
  return item;
}

/**
 * Refuse a list that a holder must not open.
 *
 * @param {Blob} file
 * @param {Head} told what the holder was told of it by another way
 * @param {string} reason why a list of few is opened all the same
 * @param {Progress} [progress]
 */
export async function check(file, told, reason, progress = () => {}) {
  const { head } = await readHead(file);
  const { cycle, layer, count, hash } = head;
  if (cycle !== told.cycle || layer !== told.layer) throw new RefusedError("wrong_list", { cycle, layer });
  if (count !== told.count || hash !== told.hash) throw new RefusedError("not_as_told", { count, hash });
  const { fewest } = said.limits;
  if (count < fewest && !reason.trim()) throw new RefusedError("too_few", { count, fewest });
  /** @type {Bytes[]} */
  const digests = [];
  for await (const items of pieces(file)) {
    digests.push(...(await Promise.all(items.map(sha256))));
    progress(digests.length, count);
  }
  if ((await hashOf(cycle, layer, digests)) !== hash) throw new RefusedError("damaged");
  if (new Set(digests.map(toHex)).size !== count) throw new RefusedError("repeated");
  return head;
}

/**
 * The hash over a list, of the hashes of its items in their order.
 *
 * @param {string} cycle
 * @param {number} layer
 * @param {Bytes[]} digests
 */
async function hashOf(cycle, layer, digests) {
  const beginning = utf8(`${KIND}\n${layer}\n${cycle}\n`);
  const whole = new Uint8Array(beginning.length + digests.length * HASH_BYTES);
  whole.set(beginning);
  digests.forEach((digest, place) => whole.set(digest, beginning.length + place * HASH_BYTES));
  return toHex(await sha256(whole));
}

/**
 * Write a list; what is written is let go from the given items, so that it lies in memory once.
 *
 * @param {string} cycle
 * @param {number} layer
 * @param {Item[]} items
 * @returns {Promise<{head: Head, file: Blob}>}
 */
export async function write(cycle, layer, items) {
  const count = items.length;
  const hash = await hashOf(cycle, layer, items.map(({ digest }) => digest));
  const first = concat(utf8(canonical({ count, cycle, hash, kind: KIND, layer })), new Uint8Array([LINE_END]));
  const [size, parts] = [lettersOf(ITEM_BYTES[layer]) + 1, [new Blob([first])]];
  while (items.length) {
    const piece = items.splice(-ITEMS_A_PIECE);
    const bytes = new Uint8Array(piece.length * size).fill(LINE_END);
    piece.forEach(({ item }, place) => writeLetters(item, bytes, place * size));
    parts.splice(1, 0, new Blob([bytes]));
  }
  return { head: { cycle, layer, count, hash }, file: new Blob(parts, { type: "text/plain" }) };
}
