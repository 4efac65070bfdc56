// Blind RSA signatures: RSABSSA-SHA384-PSS-Deterministic (RFC 9474). The server signs a number that is random whatever
// the message, so even who owns the private key cannot tell later which request a signature came from. No `1n`: browsers without
// BigInt must be able to read past it.

import { concat, fromHex, random, toB64u, toHex } from "./encoding.js";

const HASH_BYTES = 48;
const SALT_BYTES = 48;
export const MODULUS_BYTES = 256;

/** @param {Bytes} bytes */
const toNumber = (bytes) => BigInt(`0x${toHex(bytes)}`);

/**
 * @param {bigint} number
 * @param {number} size
 */
const toBytes = (number, size) => fromHex(number.toString(16).padStart(2 * size, "0"));

/** @param {Bytes} bytes */
const sha384 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-384", bytes));

/**
 * Blind a message (section 4.2). The inverse stays on the device, and is kept before the blinded message leaves it.
 *
 * @param {Bytes} modulus
 * @param {Bytes} message
 * @param {{salt?: Bytes, factor?: Bytes}} [given] the randomness, where a test gives it
 * @returns {Promise<{blinded: Bytes, inverse: Bytes}>}
 */
export async function blind(modulus, message, { salt = random(SALT_BYTES), factor = drawBelow(modulus) } = {}) {
  const n = toNumber(modulus);
  const encoded = toNumber(await encode(message, salt, modulus.length));
  inverse(encoded, n);
  const blinded = (encoded * power(toNumber(factor), n)) % n;
  return {
    blinded: toBytes(blinded, modulus.length),
    inverse: toBytes(inverse(toNumber(factor), n), modulus.length),
  };
}

/**
 * Unblind a signature and check it (section 4.4).
 *
 * @param {Bytes} modulus
 * @param {Bytes} message
 * @param {Bytes} blindSignature
 * @param {Bytes} factorInverse
 * @param {number} [saltLength]
 */
export async function finalize(modulus, message, blindSignature, factorInverse, saltLength = SALT_BYTES) {
  const n = toNumber(modulus);
  if (blindSignature.length !== modulus.length) throw new RangeError("not as long as a signature");
  const signature = toBytes((toNumber(blindSignature) * toNumber(factorInverse)) % n, modulus.length);
  if (!(await verify(modulus, message, signature, saltLength))) throw new RangeError("the signature does not verify");
  return signature;
}

/**
 * @param {Bytes} modulus
 * @param {Bytes} message
 * @param {Bytes} signature
 * @param {number} [saltLength]
 */
export async function verify(modulus, message, signature, saltLength = SALT_BYTES) {
  const key = { kty: "RSA", n: toB64u(modulus), e: "AQAB" };
  const scheme = { name: "RSA-PSS", hash: "SHA-384", saltLength };
  return crypto.subtle.verify(
    scheme, await crypto.subtle.importKey("jwk", key, scheme, false, ["verify"]), signature, message,
  );
}

/**
 * EMSA-PSS (RFC 8017, section 9.1.1) for a modulus whose highest bit is set, as that of every key is.
 *
 * @param {Bytes} message
 * @param {Bytes} salt
 * @param {number} size
 */
async function encode(message, salt, size) {
  const hash = await sha384(concat(new Uint8Array(8), await sha384(message), salt));
  const block = new Uint8Array(size - HASH_BYTES - 1);
  block.set(concat(new Uint8Array([1]), salt), block.length - salt.length - 1);
  const mask = await stretch(hash, block.length);
  const masked = block.map((byte, place) => byte ^ mask[place]);
  masked[0] &= 0x7f;
  return concat(masked, hash, new Uint8Array([0xbc]));
}

/**
 * MGF1 (RFC 8017, section B.2.1).
 *
 * @param {Bytes} seed
 * @param {number} size
 */
async function stretch(seed, size) {
  const parts = [];
  for (let count = 0; count * HASH_BYTES < size; count++) {
    parts.push(await sha384(concat(seed, new Uint8Array([0, 0, 0, count]))));
  }
  return concat(...parts).subarray(0, size);
}

/**
 * A number between 1 and the modulus, each as likely as the others.
 *
 * @param {Bytes} modulus
 * @returns {Bytes}
 */
function drawBelow(modulus) {
  const drawn = random(modulus.length);
  const number = toNumber(drawn);
  return number > BigInt(1) && number < toNumber(modulus) ? drawn : drawBelow(modulus);
}

/**
 * number^65537 mod n.
 *
 * @param {bigint} number
 * @param {bigint} n
 */
function power(number, n) {
  let square = number;
  for (let step = 0; step < 16; step++) square = (square * square) % n;
  return (square * number) % n;
}

/**
 * @param {bigint} number
 * @param {bigint} n
 */
function inverse(number, n) {
  let [rest, next, found, other] = [n, number % n, BigInt(0), BigInt(1)];
  while (next) {
    const times = rest / next;
    [rest, next, found, other] = [next, rest - times * next, other, found - times * other];
  }
  if (rest !== BigInt(1)) throw new RangeError("no inverse: the public key is not one");
  return (found + n) % n;
}
