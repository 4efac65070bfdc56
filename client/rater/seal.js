// Two sealings, one inside the other, each to the key of another owner (docs/protocol.md, "A ballot").

import { utf8 } from "./encoding.js";
import { sealBase } from "./hpke.js";

const PADDED_BYTES = 8192;
const LENGTH_BYTES = 4;
export const LONGEST_TEXT = PADDED_BYTES - LENGTH_BYTES;

/**
 * Bring a ballot to the size that all have.
 *
 * @param {Bytes} text
 */
export function pad(text) {
  if (text.length > LONGEST_TEXT) throw new RangeError("longer than a ballot may be");
  const padded = new Uint8Array(PADDED_BYTES);
  new DataView(padded.buffer).setUint32(0, text.length);
  padded.set(text, LENGTH_BYTES);
  return padded;
}

/**
 * @param {Bytes} outerKey of the owner of layer 1
 * @param {Bytes} innerKey of the owner of layer 2
 * @param {string} cycle
 * @param {Bytes} text
 * @param {Record<number, CryptoKeyPair>} [pairs] by layer, where a test gives them
 */
export async function seal(outerKey, innerKey, cycle, text, pairs = {}) {
  const info = (/** @type {number} */ layer) => utf8(`cermin ballot 1 layer ${layer}\n${cycle}`);
  const inner = await sealBase(innerKey, info(2), pad(text), { pair: pairs[2] });
  return sealBase(outerKey, info(1), inner, { pair: pairs[1] });
}
