// Papers and drafts on their way to another device: a text that only its passphrase opens.

import { code, concat, fromB64u, random, toB64u, utf8 } from "./encoding.js";

const MARK = "cermin-move-1.";
const ROUNDS = 600000;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;

/** 80 random bits, shown in the form of a receipt. */
export const newPassphrase = () => code(random(10));

/**
 * @param {any} content
 * @param {string} passphrase
 */
export async function pack(content, passphrase) {
  const [salt, nonce] = [random(SALT_BYTES), random(NONCE_BYTES)];
  const key = await keyFrom(passphrase, salt);
  const sealed = await crypto.subtle.encrypt(scheme(nonce), key, utf8(JSON.stringify(content)));
  return MARK + toB64u(concat(salt, nonce, new Uint8Array(sealed)));
}

/**
 * @param {string} text blanks and line ends in it do not matter
 * @param {string} passphrase letter case and what stands between the letters do not matter
 * @returns {Promise<any>} null where text or passphrase are wrong
 */
export async function unpack(text, passphrase) {
  const packed = text.replace(/\s/g, "");
  if (!packed.startsWith(MARK)) return null;
  try {
    const bytes = fromB64u(packed.slice(MARK.length));
    const key = await keyFrom(passphrase, bytes.subarray(0, SALT_BYTES));
    const [nonce, sealed] = [bytes.subarray(SALT_BYTES, SALT_BYTES + NONCE_BYTES), bytes.subarray(SALT_BYTES + NONCE_BYTES)];
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(scheme(nonce), key, sealed)));
  } catch {
    return null;
  }
}

/**
 * The letters that were meant: what is no letter of ours was read for one.
 *
 * @param {string} typed
 */
function asWritten(typed) {
  const letters = typed.toUpperCase().replace(/[^0-9A-Z]/g, "");
  return letters.replace(/O/g, "0").replace(/[IL]/g, "1").replace(/U/g, "V");
}

/** @param {Bytes} iv */
const scheme = (iv) => ({ name: "AES-GCM", iv, additionalData: utf8(MARK) });

/**
 * @param {string} passphrase
 * @param {Bytes} salt
 */
async function keyFrom(passphrase, salt) {
  const base = await crypto.subtle.importKey("raw", utf8(asWritten(passphrase)), "PBKDF2", false, ["deriveKey"]);
  const stretching = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return crypto.subtle.deriveKey(stretching, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}
