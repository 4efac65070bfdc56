// Whether a line stands in a published list of which one holds the root (RFC 9162, section 2.1.3.2).

import { concat, fromHex, sha256, toHex } from "./encoding.js";

const [LEAF, NODE] = [new Uint8Array([0]), new Uint8Array([1])];

/**
 * @param {Bytes} line
 * @param {number} place from 0
 * @param {number} size of the list
 * @param {string[]} path hashes in hexadecimal, from the lowest level up
 * @param {string} root in hexadecimal
 */
export async function isIn(line, place, size, path, root) {
  if (!(place >= 0 && place < size)) return false;
  let found = await sha256(concat(LEAF, line));
  const rest = path.slice();
  for (let last = size - 1; last; last >>= 1, place >>= 1) {
    if (!(place & 1) && place === last) continue;
    const sibling = fromHex(rest.shift() || "");
    found = await sha256(place & 1 ? concat(NODE, sibling, found) : concat(NODE, found, sibling));
  }
  return !rest.length && toHex(found) === root;
}
