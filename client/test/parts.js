// The client's modules as tests/protocol/test_browser_client.py calls them in a real browser: JSON in, JSON out, bytes as in the vectors.
// The build bundles this file into tests/protocol/rater_parts.js.

import { delivery, encode } from "../rater/ballot.js";
import { blind, finalize } from "../rater/blind.js";
import { canonical, code, fromB64u, fromHex, random, toB64u, toHex, utf8 } from "../rater/encoding.js";
import { findHints, findMisconduct } from "../rater/hints.js";
import { sealBase } from "../rater/hpke.js";
import { isIn } from "../rater/merkle.js";
import { newPassphrase, pack, unpack } from "../rater/move.js";
import { seal } from "../rater/seal.js";
import { openDatabase } from "../rater/store.js";
import { passMessage, receipt, stampMessage } from "../rater/tokens.js";

const POINT_BYTES = 65;

/** @param {Uint8Array} scalar @param {Uint8Array} point */
async function pairOf(scalar, point) {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const [x, y] = [point.slice(1, 33), point.slice(33)].map(toB64u);
  const jwk = { kty: "EC", crv: "P-256", d: toB64u(scalar), x, y };
  const privateKey = await crypto.subtle.importKey("jwk", jwk, curve, true, ["deriveBits"]);
  return { privateKey, publicKey: await crypto.subtle.importKey("raw", point, curve, true, []) };
}

export async function rfc9474(vector) {
  const [n, message, salt, factor, signed] =
    [vector.n, vector.msg_prefix + vector.msg, vector.salt, vector.factor, vector.blind_sig].map(fromHex);
  const { blinded, inverse } = await blind(n, message, { salt, factor });
  const signature = await finalize(n, message, signed, inverse, salt.length);
  return { blinded_msg: toHex(blinded), inv: toHex(inverse), sig: toHex(signature) };
}

export async function rfc9180(vector) {
  const pair = await pairOf(fromHex(vector.skEm), fromHex(vector.pkEm));
  const [receiver, info, text, aad] = [vector.pkRm, vector.info, vector.pt, vector.aad].map(fromHex);
  return toHex(await sealBase(receiver, info, text, { pair, aad }));
}

export async function token({ paper, name, key }) {
  const half = paper[name];
  const [bytes, salt, factor, n, signed] = [half.token, half.salt, half.factor, key, half.blind_signature].map(fromB64u);
  const message = name === "stamp" ? stampMessage(paper.scope, bytes) : passMessage(paper.cycle, bytes);
  const { blinded, inverse } = await blind(n, message, { salt, factor });
  const signature = toB64u(await finalize(n, message, signed, inverse));
  return {
    message: toB64u(message), blinded: toB64u(blinded), inverse: toB64u(inverse), signature, receipt: await receipt(bytes),
  };
}

export async function ballot({ sent, layers }) {
  const ephemeral = (layer, text) => pairOf(fromB64u(sent.ephemeral[layer]), fromB64u(text).slice(0, POINT_BYTES));
  const pairs = { 1: await ephemeral(1, sent.outer), 2: await ephemeral(2, sent.inner) };
  const [outerKey, innerKey] = layers.map((layer) => fromB64u(layer.public));
  const text = encode(sent.ballot);
  const outer = await seal(outerKey, innerKey, sent.ballot.cycle, text, pairs);
  return {
    text: new TextDecoder().decode(text), outer: toB64u(outer),
    body: delivery(sent.ballot.cycle, sent.delivery.pass, outer),
  };
}

export async function texts({ canonical: values, codes, merkle: { lines, roots, paths } }) {
  const places = roots.flatMap((root, size) => paths[size].map((path, place) => ({ root, size, path, place })));
  return {
    texts: values.map(({ value }) => canonical(value)),
    codes: codes.map(({ digest }) => code(fromHex(digest))),
    isIn: await Promise.all(places.map(({ root, size, path, place }) => isIn(utf8(lines[place]), place, size, path, root))),
  };
}

export async function drawToken({ key, scope, cycle }) {
  const bytes = random(32);
  const message = scope ? stampMessage(scope, bytes) : passMessage(cycle, bytes);
  const { blinded, inverse } = await blind(fromB64u(key), message);
  return { token: toB64u(bytes), blinded: toB64u(blinded), inverse: toB64u(inverse), message: toB64u(message) };
}

export async function finishToken({ key, drawn, signed }) {
  const [n, message, signature, inverse] = [key, drawn.message, signed, drawn.inverse].map(fromB64u);
  return { token: drawn.token, signature: toB64u(await finalize(n, message, signature, inverse)) };
}

export async function sealed({ content, pass, outer, inner }) {
  const [outerKey, innerKey] = [outer, inner].map(fromB64u);
  return delivery(content.cycle, pass, await seal(outerKey, innerKey, content.cycle, encode(content)));
}

export async function database() {
  const [one, other] = [await openDatabase(indexedDB), await openDatabase(indexedDB)];
  const both = await Promise.all([one, other].map((tab, number) => tab.update("paper", (old) => old || { number })));
  const failed = await one.update("paper", () => ({ cannot: () => "be stored" })).then(() => false, () => true);
  const kept = await (await openDatabase(indexedDB)).read("paper");
  const all = await one.all();
  await one.clear();
  return { both, failed, kept, all, after: await other.all() };
}

export async function moved(content) {
  const passphrase = newPassphrase();
  const text = await pack(content, passphrase);
  return [await unpack(text, passphrase.toLowerCase()), await unpack(text, newPassphrase())];
}

export function hints({ text, names }) {
  const spans = [...findHints(text, names), ...findMisconduct(text)];
  return spans.map(({ start, end, kind }) => `${kind}: ${text.slice(start, end)}`);
}
