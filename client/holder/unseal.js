// Open what was sealed in HPKE's base mode, single shot (RFC 9180): the other half of client/rater/hpke.js.

import { utf8 } from "../rater/encoding.js";
import { agree, schedule } from "../rater/hpke.js";

export const POINT_BYTES = 65;

/**
 * OpenBase (section 6.1).
 *
 * @param {{privateKey: CryptoKey, point: Bytes}} receiver
 * @param {Bytes} info
 * @param {Bytes} sealed the encapsulated key, and after it the sealed text
 * @returns {Promise<Bytes | null>} null where key or info do not fit, or a byte
 */
export async function openBase({ privateKey, point }, info, sealed) {
  try {
    const encapsulated = sealed.slice(0, POINT_BYTES);
    const shared = await agree(privateKey, encapsulated, encapsulated, point);
    const { key, nonce } = await schedule(shared, info);
    const cipher = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce }, cipher, sealed.subarray(POINT_BYTES)));
  } catch (error) {
    if (error instanceof DOMException) return null; // how the browser's cryptography says no
    throw error;
  }
}

/**
 * @param {string} cycle
 * @param {number} layer
 */
export const layerInfo = (cycle, layer) => utf8(`cermin ballot 1 layer ${layer}\n${cycle}`);

/**
 * @param {string} cycle
 * @param {number} layer
 */
export const proofInfo = (cycle, layer) => utf8(`cermin proof 1\n${cycle}\n${layer}`);
