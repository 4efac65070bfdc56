// HPKE in base mode, single shot (RFC 9180): DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM. The steps between the
// browser's own ECDH, HMAC and AES, named as in the RFC; a whole library would be half of this client's size. It seals;
// what opens, in the holder's page alone, is client/holder/unseal.js.

import { concat, utf8 } from "./encoding.js";

export const CURVE = { name: "ECDH", namedCurve: "P-256" };
const HASH = { name: "HMAC", hash: "SHA-256" };
const HASH_BYTES = 32;
const KEY_BYTES = 16;
const NONCE_BYTES = 12;
const VERSION = "HPKE-v1";
const KEM_SUITE = concat(utf8("KEM"), new Uint8Array([0, 0x10]));
const SUITE = concat(utf8("HPKE"), new Uint8Array([0, 0x10, 0, 1, 0, 1]));
const [NOTHING, NO_SALT, BASE_MODE] = [new Uint8Array(0), new Uint8Array(HASH_BYTES), new Uint8Array(1)];

/** A key pair that is used once. */
const newPair = async () => /** @type {CryptoKeyPair} */ (await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]));

/**
 * SealBase (section 6.1): the encapsulated key, and after it the sealed text.
 *
 * @param {Bytes} receiver the public key as a point
 * @param {Bytes} info
 * @param {Bytes} text
 * @param {{pair?: CryptoKeyPair, aad?: Bytes}} [given] where a test gives it
 */
export async function sealBase(receiver, info, text, { pair, aad = NOTHING } = {}) {
  const { publicKey, privateKey } = pair || (await newPair());
  const encapsulated = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
  const shared = await agree(privateKey, receiver, encapsulated, receiver);
  const { key, nonce } = await schedule(shared, info);
  const cipher = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  const scheme = { name: "AES-GCM", iv: nonce, additionalData: aad };
  return concat(encapsulated, new Uint8Array(await crypto.subtle.encrypt(scheme, cipher, text)));
}

/**
 * The shared secret of Encap and Decap (section 4.1): the one's private key with the other's public key.
 *
 * @param {CryptoKey} privateKey
 * @param {Bytes} other
 * @param {Bytes} encapsulated
 * @param {Bytes} receiver
 */
export async function agree(privateKey, other, encapsulated, receiver) {
  const point = await crypto.subtle.importKey("raw", other, CURVE, false, []);
  const secret = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: point }, privateKey, 8 * HASH_BYTES));
  const extracted = await extract(KEM_SUITE, NO_SALT, "eae_prk", secret);
  return expand(KEM_SUITE, extracted, "shared_secret", concat(encapsulated, receiver), HASH_BYTES);
}

/**
 * KeySchedule without a shared secret of before (section 5.1).
 *
 * @param {Bytes} shared
 * @param {Bytes} info
 */
export async function schedule(shared, info) {
  const name = await extract(SUITE, NO_SALT, "psk_id_hash", NOTHING);
  const context = concat(BASE_MODE, name, await extract(SUITE, NO_SALT, "info_hash", info));
  const secret = await extract(SUITE, shared, "secret", NOTHING);
  return {
    key: await expand(SUITE, secret, "key", context, KEY_BYTES),
    nonce: await expand(SUITE, secret, "base_nonce", context, NONCE_BYTES),
  };
}

/**
 * LabeledExtract (section 4).
 *
 * @param {Bytes} suite
 * @param {Bytes} salt
 * @param {string} label
 * @param {Bytes} secret
 */
const extract = (suite, salt, label, secret) => hmac(salt, concat(utf8(VERSION), suite, utf8(label), secret));

/**
 * LabeledExpand (section 4) to at most one hash.
 *
 * @param {Bytes} suite
 * @param {Bytes} secret
 * @param {string} label
 * @param {Bytes} info
 * @param {number} size
 */
async function expand(suite, secret, label, info, size) {
  const first = new Uint8Array([0, size]);
  const block = concat(first, utf8(VERSION), suite, utf8(label), info, new Uint8Array([1]));
  return (await hmac(secret, block)).subarray(0, size);
}

/**
 * @param {Bytes} key
 * @param {Bytes} text
 */
async function hmac(key, text) {
  const imported = await crypto.subtle.importKey("raw", key, HASH, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign(HASH, imported, text));
}
