import assert from "node:assert/strict";
import test from "node:test";

import { delivery, encode } from "../rater/ballot.js";
import { canonical, code, fromB64u, fromHex, toB64u, utf8 } from "../rater/encoding.js";
import { isIn } from "../rater/merkle.js";
import { receipt } from "../rater/tokens.js";
import { shared } from "./vectors.js";

test("canonical JSON", () => {
  for (const { value, text } of shared.canonical) assert.equal(canonical(value), text);
  assert.equal(canonical("\ud800a\udc00\u{1f600}"), '"\ufffda\ufffd\u{1f600}"');
  assert.equal(canonical([]), "[]");
  assert.equal(canonical({ aa: 1, a: 2 }), '{"a":2,"aa":1}');
  assert.throws(() => canonical({ step: 1.5 }), RangeError);
  assert.throws(() => canonical(2 ** 53), RangeError);
});

test("codes and receipts", async () => {
  for (const each of shared.codes) assert.equal(code(fromHex(each.digest)), each.code);
  for (const paper of shared.papers) assert.equal(await receipt(fromB64u(paper.stamp.token)), paper.receipt);
});

test("base64url of every byte", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  assert.deepEqual(fromB64u(toB64u(bytes)), bytes);
  assert.equal(toB64u(bytes), Buffer.from(bytes).toString("base64url"));
});

test("ballots and their delivery, to the byte", () => {
  for (const vector of shared.ballots) {
    assert.deepEqual(encode(vector.ballot), utf8(vector.text));
    const { box, pass, sealed } = vector.delivery;
    assert.equal(delivery(box, pass, fromB64u(sealed)), canonical(vector.delivery));
  }
});

test("every line of every list is found in it, and nowhere else", async () => {
  const { lines, roots, paths } = shared.merkle;
  for (const [size, root] of roots.entries()) {
    for (const [place, path] of paths[size].entries()) {
      assert.ok(await isIn(utf8(lines[place]), place, size, path, root));
      assert.ok(!(await isIn(utf8(`${lines[place]}!`), place, size, path, root)));
      assert.ok(!(await isIn(utf8(lines[place]), place, size, [...path, "00".repeat(32)], root)));
      if (path.length) assert.ok(!(await isIn(utf8(lines[place]), place, size, path.slice(1), root)));
      if (size > 1) assert.ok(!(await isIn(utf8(lines[place]), (place + 1) % size, size, path, root)));
    }
    assert.ok(!(await isIn(utf8("line 0"), size, size, [], root)));
    assert.ok(!(await isIn(utf8("line 0"), -1, size, [], root)));
  }
});

test("the scopes of the shared manifest", async () => {
  const manifest = JSON.parse(shared.manifest.text);
  const lines = shared.manifest.scopes.trim().split("\n");
  for (const [place, line] of lines.entries()) {
    assert.equal(canonical(JSON.parse(line)), line);
    assert.ok(await isIn(utf8(line), place, manifest.counts.scopes, shared.manifest.paths[place], manifest.scopes_root));
  }
});
