// The key of a layer, held by an office: its files, its three shares, and the proof that it works (protocol/holder.py).

import { canonical, code, concat, fromB64u, sha256, toB64u, utf8 } from "../rater/encoding.js";
import { CURVE } from "../rater/hpke.js";
import { RefusedError } from "./refusal.js";
import { join, split } from "./shares.js";
import { openBase, POINT_BYTES, proofInfo } from "./unseal.js";

const [KEY, SHARE, PUBLIC] = ["cermin holder key 1", "cermin holder share 1", "cermin holder public 1"];
const [CHALLENGE, ANSWER] = ["cermin challenge 1", "cermin answer 1"];
const SCALAR_BYTES = 32;
const UNCOMPRESSED = 4;
const OF_LAYER = { cycle: "string", kind: "string", layer: "number" };
const OF_OFFICE = { ...OF_LAYER, office: "string", public: "string" };
/** @type {Record<string, Record<string, string>>} */
const SHAPES = {
  [KEY]: { ...OF_OFFICE, private: "string" },
  [SHARE]: { ...OF_OFFICE, share: "number", value: "string" },
  [PUBLIC]: OF_OFFICE,
  [CHALLENGE]: { ...OF_LAYER, sealed: "string" },
  [ANSWER]: { ...OF_LAYER, answer: "string", source: "string" },
};

/**
 * @typedef {object} HolderKey
 * @property {string} cycle
 * @property {number} layer
 * @property {string} office
 * @property {Bytes} scalar
 * @property {Bytes} point the public key
 * @property {CryptoKey} privateKey
 */

/**
 * Make a fresh key for a layer.
 *
 * @param {string} cycle
 * @param {number} layer
 * @param {string} office
 * @returns {Promise<HolderKey>}
 */
export async function makeKey(cycle, layer, office) {
  const pair = /** @type {CryptoKeyPair} */ (await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]));
  const { d } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return { cycle, layer, office, scalar: fromB64u(d || ""), point, privateKey: pair.privateKey };
}

/** @param {HolderKey} key */
export const keyFile = (key) => canonical({ ...ofOffice(KEY, key), private: toB64u(key.scalar) });

/** @param {HolderKey} key */
export const publicFile = (key) => canonical(ofOffice(PUBLIC, key));

/**
 * Three secret files in the order of their numbers; any two give the key back, one says nothing of it.
 *
 * @param {HolderKey} key
 */
export const shareFiles = (key) =>
  [...split(key.scalar)].map(([share, value]) => canonical({ ...ofOffice(SHARE, key), share, value: toB64u(value) }));

/**
 * A short code to be read out and compared.
 *
 * @param {HolderKey} key
 */
export const fingerprint = async (key) => code(await sha256(key.point));

/** @param {Bytes} data */
export function readKey(data) {
  const parts = read(data, KEY);
  return checked(parts, bytesOf(parts.private, SCALAR_BYTES), "damaged");
}

/**
 * Put a key together from the files of two of its shares.
 *
 * @param {Bytes[]} files
 */
export async function joinShares(files) {
  const parts = files.map((data) => read(data, SHARE));
  const scalar = join(new Map(parts.map((part) => [part.share, bytesOf(part.value, SCALAR_BYTES)])));
  const owners = new Set(parts.map((part) => canonical(Object.keys(OF_OFFICE).map((name) => part[name]))));
  if (!scalar || owners.size !== 1) throw new RefusedError("shares_do_not_fit");
  return checked(parts[0], scalar, "shares_do_not_fit");
}

/**
 * Answer the server's challenge, without opening anything else for it.
 *
 * @param {HolderKey} key
 * @param {Bytes} challenge
 * @param {"key" | "shares"} source from what the key was read
 */
export async function answerFile(key, challenge, source) {
  const { cycle, layer, sealed } = read(challenge, CHALLENGE);
  if (cycle !== key.cycle || layer !== key.layer) throw new RefusedError("wrong_challenge", { cycle, layer });
  const text = await openBase(key, proofInfo(cycle, layer), bytesOf(sealed));
  if (!text) throw new RefusedError("wrong_key");
  const answer = toB64u(await sha256(concat(utf8("cermin proof 1\n"), text)));
  return canonical({ answer, cycle, kind: ANSWER, layer, source });
}

/**
 * @param {string} kind
 * @param {HolderKey} key
 */
const ofOffice = (kind, { cycle, layer, office, point }) => ({ cycle, kind, layer, office, public: toB64u(point) });

/**
 * The key, if it belongs to the public key that stands beside it.
 *
 * @param {any} parts
 * @param {Bytes} scalar
 * @param {string} refusal
 * @returns {Promise<HolderKey>}
 */
async function checked({ cycle, layer, office, public: text }, scalar, refusal) {
  const privateKey = await pairOf(scalar, bytesOrNull(text, POINT_BYTES));
  if (!privateKey) throw new RefusedError(refusal);
  return { cycle, layer, office, scalar, point: fromB64u(text), privateKey };
}

/**
 * The private key as the browser takes it. Not every browser asks whether both halves belong together: so a third key
 * has to agree on the same secret with either.
 *
 * @param {Bytes} scalar
 * @param {Bytes | null} point
 */
async function pairOf(scalar, point) {
  if (!point || point[0] !== UNCOMPRESSED) return null;
  const [x, y] = [point.slice(1, 33), point.slice(33)].map(toB64u);
  try {
    const jwk = { kty: "EC", crv: "P-256", d: toB64u(scalar), x, y };
    const privateKey = await crypto.subtle.importKey("jwk", jwk, CURVE, false, ["deriveBits"]);
    const publicKey = await crypto.subtle.importKey("raw", point, CURVE, false, []);
    const third = /** @type {CryptoKeyPair} */ (await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]));
    const [one, other] = [await secretOf(privateKey, third.publicKey), await secretOf(third.privateKey, publicKey)];
    return one === other ? privateKey : null;
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

/**
 * @param {CryptoKey} privateKey
 * @param {CryptoKey} publicKey
 */
const secretOf = async (privateKey, publicKey) =>
  toB64u(new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: publicKey }, privateKey, 256)));

/**
 * The parts of a file; it may be spaced otherwise than a ballot, for people keep and copy it.
 *
 * @param {Bytes} data
 * @param {string} kind
 */
function read(data, kind) {
  const parts = jsonOf(data);
  const found = parts && typeof parts === "object" && parts.kind;
  if (typeof found !== "string" || !Object.keys(SHAPES).includes(found)) throw new RefusedError("not_our_file");
  if (found !== kind) throw new RefusedError("another_kind", { kind: found, wanted: kind });
  const shape = SHAPES[kind];
  const isWhole = Object.keys(parts).length === Object.keys(shape).length &&
    Object.entries(shape).every(([name, type]) => typeof parts[name] === type);
  if (!isWhole || ![1, 2].includes(parts.layer)) throw new RefusedError("damaged");
  return parts;
}

/** @param {Bytes} data */
function jsonOf(data) {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(data));
  } catch {
    return null;
  }
}

/**
 * @param {string} text
 * @param {number} [size]
 */
function bytesOf(text, size) {
  const bytes = bytesOrNull(text, size);
  if (!bytes) throw new RefusedError("damaged");
  return bytes;
}

/**
 * @param {string} text
 * @param {number} [size]
 */
function bytesOrNull(text, size) {
  try {
    const bytes = fromB64u(text);
    return toB64u(bytes) === text && (size === undefined || bytes.length === size) ? bytes : null;
  } catch {
    return null;
  }
}
