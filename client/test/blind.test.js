import assert from "node:assert/strict";
import test from "node:test";

import { RSABSSA } from "@cloudflare/blindrsa-ts";

import { blind, finalize, verify } from "../rater/blind.js";
import { concat, fromB64u, fromHex, random, toB64u, toHex, utf8 } from "../rater/encoding.js";
import { passMessage, stampMessage } from "../rater/tokens.js";
import { rfc9474, shared } from "./vectors.js";

/** @param {Uint8Array} number @param {Uint8Array} modulus */
function inverseOf(number, modulus) {
  const [n, a] = [modulus, number].map((bytes) => BigInt(`0x${toHex(bytes)}`));
  let [rest, next, found, other] = [n, a, 0n, 1n];
  while (next) [rest, next, found, other] = [next, rest % next, other, found - (rest / next) * other];
  return fromHex(((found + n) % n).toString(16).padStart(2 * modulus.length, "0"));
}

for (const vector of rfc9474) {
  test(`RFC 9474, appendix A: ${vector.name}`, async () => {
    const [modulus, inv, blindSignature, salt] = [vector.n, vector.inv, vector.blind_sig, vector.salt].map(fromHex);
    const message = concat(fromHex(vector.msg_prefix), fromHex(vector.msg));
    const factor = inverseOf(inv, modulus);
    const made = await blind(modulus, message, { salt, factor });
    assert.equal(toHex(made.blinded), vector.blinded_msg);
    assert.equal(toHex(made.inverse), vector.inv);
    const signature = await finalize(modulus, message, blindSignature, made.inverse, salt.length);
    assert.equal(toHex(signature), vector.sig);
  });
}

for (const paper of shared.papers) {
  for (const [name, message] of [
    ["stamp", stampMessage(paper.scope, fromB64u(paper.stamp.token))],
    ["pass", passMessage(paper.cycle, fromB64u(paper.pass.token))],
  ]) {
    test(`shared vectors: ${name} of ${paper.scope}`, async () => {
      const vector = paper[name];
      const modulus = fromB64u(shared.keys[name].modulus);
      assert.equal(toB64u(message), vector.message);
      const made = await blind(modulus, message, { salt: fromB64u(vector.salt), factor: fromB64u(vector.factor) });
      assert.equal(toB64u(made.blinded), vector.blinded);
      assert.equal(toB64u(made.inverse), vector.inverse);
      const signature = await finalize(modulus, message, fromB64u(vector.blind_signature), made.inverse);
      assert.equal(toB64u(signature), vector.signature);
    });
  }
}

const suite = RSABSSA.SHA384.PSS.Deterministic();
const pair = await RSABSSA.SHA384.generateKey({ modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) });
const modulus = fromB64u((await crypto.subtle.exportKey("jwk", pair.publicKey)).n);

test("what we blind, Cloudflare's library signs; what we finalize, it verifies", async () => {
  for (let round = 0; round < 3; round++) {
    const message = concat(utf8("cermin stamp 1\n"), random(32));
    const { blinded, inverse } = await blind(modulus, message);
    const signature = await finalize(modulus, message, await suite.blindSign(pair.privateKey, blinded), inverse);
    assert.ok(await suite.verify(pair.publicKey, signature, message));
  }
});

test("what Cloudflare's library blinds, we finalize and verify", async () => {
  const message = random(40);
  const { blindedMsg, inv } = await suite.blind(pair.publicKey, message);
  const signature = await finalize(modulus, message, await suite.blindSign(pair.privateKey, blindedMsg), inv);
  assert.ok(await verify(modulus, message, signature));
  assert.ok(!(await verify(modulus, random(40), signature)));
});

test("a signature over something else is refused", async () => {
  const message = random(32);
  const { inverse } = await blind(modulus, message);
  const other = await blind(modulus, random(32));
  const signed = await suite.blindSign(pair.privateKey, other.blinded);
  await assert.rejects(finalize(modulus, message, signed, inverse), RangeError);
  await assert.rejects(finalize(modulus, message, signed.subarray(1), inverse), RangeError);
});

test("the same message is blinded to another number every time", async () => {
  const message = random(32);
  const [one, other] = [await blind(modulus, message), await blind(modulus, message)];
  assert.notEqual(toHex(one.blinded), toHex(other.blinded));
});
