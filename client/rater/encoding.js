// How values are written as text: base64url, canonical JSON, short codes for people. The Python side is protocol/encoding.py.

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // no I, L, O, U
const CODE_BYTES = 10;
const CODE_LETTERS = 16;

/** @param {string} text */
export const utf8 = (text) => new TextEncoder().encode(text);

/** @param {Bytes[]} parts */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}

/** @param {number} size */
export const random = (size) => crypto.getRandomValues(new Uint8Array(size));

/** @param {Bytes} bytes */
export function toB64u(bytes) {
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}

/** @param {string} text */
export function fromB64u(text) {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
}

/** @param {Bytes} bytes */
export const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {string} hex */
export const fromHex = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));

/** @param {Bytes} bytes */
export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

/**
 * The text of a value that every language writes to the same byte.
 *
 * @param {any} value
 * @returns {string}
 */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical)}]`;
  if (typeof value === "string") return JSON.stringify(wellFormed(value));
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new RangeError("not a whole number");
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const keys = Object.keys(value).sort(byCodePoint);
  return `{${keys.map((key) => `${canonical(key)}:${canonical(value[key])}`)}}`;
}

/**
 * Half a pair of surrogates is no letter; `JSON.stringify` would write it in a way nobody else does.
 *
 * @param {string} text
 */
const wellFormed = (text) => text.replace(/\p{Cs}/gu, "\ufffd");

/**
 * The order of code points, which is not that of JavaScript (UTF-16).
 *
 * @param {string} one
 * @param {string} other
 */
function byCodePoint(one, other) {
  const [left, right] = [one, other].map((text) => Array.from(text, (letter) => letter.codePointAt(0) || 0));
  const place = left.findIndex((point, index) => point !== right[index]);
  return place < 0 ? -1 : left[place] - (place < right.length ? right[place] : -1);
}

/**
 * The first 80 bits of a hash in letters that are hard to mistake, four groups of four.
 *
 * @param {Bytes} digest
 */
export function code(digest) {
  const number = BigInt(`0x${toHex(digest.subarray(0, CODE_BYTES))}`);
  const letters = number.toString(32).padStart(CODE_LETTERS, "0");
  return letters.replace(/./g, (digit) => CROCKFORD[parseInt(digit, 32)]).replace(/.{4}(?!$)/g, "$&-");
}
