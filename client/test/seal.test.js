import assert from "node:assert/strict";
import test from "node:test";

import { AEAD_AES_128_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_DHKEM_P256_HKDF_SHA256 } from "hpke";

import { concat, fromB64u, fromHex, random, sha256, toB64u, toHex, utf8 } from "../rater/encoding.js";
import { sealBase } from "../rater/hpke.js";
import { LONGEST_TEXT, pad, seal } from "../rater/seal.js";
import { rfc9180, shared } from "./vectors.js";

const library = new CipherSuite(KEM_DHKEM_P256_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_128_GCM);
const POINT_BYTES = 65;

/** @param {Uint8Array} scalar @param {Uint8Array} point */
async function pairOf(scalar, point) {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map(toB64u);
  const jwk = { kty: "EC", crv: "P-256", x, y, d: toB64u(scalar) };
  const privateKey = await crypto.subtle.importKey("jwk", jwk, curve, true, ["deriveBits"]);
  return { privateKey, publicKey: await crypto.subtle.importKey("raw", point, curve, true, []) };
}

/** @param {CryptoKeyPair} pair @param {Uint8Array} sealed @param {Uint8Array} info */
const open = (pair, sealed, info) =>
  library.Open(pair, sealed.subarray(0, POINT_BYTES), sealed.subarray(POINT_BYTES), { info });

test("RFC 9180, appendix A.3.1", async () => {
  const pair = await pairOf(fromHex(rfc9180.skEm), fromHex(rfc9180.pkEm));
  const given = { pair, aad: fromHex(rfc9180.aad) };
  const sealed = await sealBase(fromHex(rfc9180.pkRm), fromHex(rfc9180.info), fromHex(rfc9180.pt), given);
  assert.equal(toHex(sealed), rfc9180.pkEm + rfc9180.ct);
});

test("what we seal, the library `hpke` opens, and with nothing else than this key and this info", async () => {
  const pair = await library.GenerateKeyPair();
  const point = await library.SerializePublicKey(pair.publicKey);
  for (const size of [0, 1, 8273]) {
    const text = random(size);
    const sealed = await sealBase(point, utf8("info"), text);
    assert.equal(sealed.length, POINT_BYTES + size + 16);
    assert.equal(toHex(await open(pair, sealed, utf8("info"))), toHex(text));
    await assert.rejects(open(pair, sealed, utf8("other")));
  }
});

const layers = Object.fromEntries(shared.layers.map((each) => [each.layer, each]));

/** The point of an ephemeral key is what its sealed text begins with. */
const pairIn = (/** @type {string} */ scalar, /** @type {string} */ sealed) =>
  pairOf(fromB64u(scalar), fromB64u(sealed).subarray(0, POINT_BYTES));

for (const vector of shared.ballots) {
  test(`shared vectors: the two sealings of ${vector.ballot.scope}, to the byte`, async () => {
    const pairs = {
      1: await pairIn(vector.ephemeral["1"], vector.outer),
      2: await pairIn(vector.ephemeral["2"], vector.inner),
    };
    const text = utf8(vector.text);
    assert.equal(toHex(await sha256(pad(text))), vector.padded_hash);
    const [outerKey, innerKey] = [layers[1].public, layers[2].public].map(fromB64u);
    const outer = await seal(outerKey, innerKey, vector.ballot.cycle, text, pairs);
    assert.equal(outer.length, 8354);
    assert.equal(toB64u(outer), vector.outer);
  });
}

test("padding", () => {
  assert.equal(pad(new Uint8Array(0)).length, 8192);
  assert.equal(toHex(pad(utf8("ab")).subarray(0, 7)), "00000002616200");
  assert.equal(pad(new Uint8Array(LONGEST_TEXT)).length, 8192);
  assert.throws(() => pad(new Uint8Array(LONGEST_TEXT + 1)), RangeError);
  assert.deepEqual(concat(), new Uint8Array(0));
});
