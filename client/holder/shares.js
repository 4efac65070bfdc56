// A secret in three shares, of which any two give it back (Shamir 1979), byte by byte over GF(256): protocol/shares.py.

import { random } from "../rater/encoding.js";

const POLYNOMIAL = 0x11b;
export const NUMBERS = [1, 2, 3];
const NEEDED = 2;

/**
 * @param {Bytes} secret
 * @param {Bytes} [slope] of the line through the secret, where a test gives it
 * @returns {Map<number, Bytes>}
 */
export function split(secret, slope = random(secret.length)) {
  return new Map(NUMBERS.map((number) => [number, secret.map((byte, place) => byte ^ times(number, slope[place]))]));
}

/**
 * @param {Map<number, Bytes>} two shares by their number
 * @returns {Bytes | null} null where they are not two of the three
 */
export function join(two) {
  const [[a, ofA], [b, ofB]] = two.size === NEEDED ? [...two] : [[0, null], [0, null]];
  if (!ofA || !ofB || !NUMBERS.includes(a) || !NUMBERS.includes(b) || ofA.length !== ofB.length) return null;
  // The line at zero: (b y_a + a y_b) / (a + b); plus and minus are one in this field.
  const inverse = inverseOf(a ^ b);
  return ofA.map((byte, place) => times(inverse, times(b, byte) ^ times(a, ofB[place])));
}

/**
 * The product in GF(256) of the polynomial x^8 + x^4 + x^3 + x + 1.
 *
 * @param {number} a
 * @param {number} b
 */
function times(a, b) {
  let product = 0;
  for (; b; b >>= 1) {
    if (b & 1) product ^= a;
    a <<= 1;
    if (a & 0x100) a ^= POLYNOMIAL;
  }
  return product;
}

/** @param {number} a */
function inverseOf(a) {
  let b = 1;
  while (times(a, b) !== 1) b += 1;
  return b;
}
