import assert from "node:assert/strict";
import test from "node:test";

import { readLetters, writeLetters } from "../holder/base64.js";
import { answerFile, fingerprint, joinShares, keyFile, makeKey, publicFile, readKey, shareFiles } from "../holder/keys.js";
import { check, pieces, readHead, write } from "../holder/lists.js";
import { minutesOf, writtenDay } from "../holder/minutes.js";
import { openList, shuffled } from "../holder/opening.js";
import { join, split } from "../holder/shares.js";
import { layerInfo, openBase } from "../holder/unseal.js";
import { fromB64u, fromHex, random, sha256, toB64u, utf8 } from "../rater/encoding.js";
import { sealBase } from "../rater/hpke.js";
import { seal } from "../rater/seal.js";
import { rfc9180, shared } from "./vectors.js";

const CYCLE = "2026";
const SIZES = { 0: 8192, 1: 8354, 2: 8273 };
const isCode = (code) => (error) => error.code === code;

/** A key file of the vectors, changed. */
const changed = (change) => utf8(JSON.stringify({ ...JSON.parse(shared.proof.key_file), ...change }));
const keyOf = (layer) => {
  const { private: scalar, public: point } = shared.layers[layer - 1];
  return readKey(changed({ layer, private: scalar, public: point }));
};
const itemsOf = async (file) => {
  const items = [];
  for await (const piece of pieces(file)) items.push(...piece);
  return items;
};
const withDigests = (items) => Promise.all(items.map(async (item) => ({ item, digest: await sha256(item) })));
const listOf = async (layer, items) => write(CYCLE, layer, await withDigests(items));
/** Sealed texts that no more than look like inner ones. */
const sealedTo = (key, count) =>
  Promise.all(
    Array.from({ length: count }, () => sealBase(key.point, layerInfo(CYCLE, key.layer), random(SIZES[key.layer] - 81))),
  );

test("RFC 9180, appendix A.3.1, is opened", async () => {
  const receiver = { privateKey: null, point: fromHex(rfc9180.pkRm) };
  const [x, y] = [receiver.point.slice(1, 33), receiver.point.slice(33)].map(toB64u);
  const jwk = { kty: "EC", crv: "P-256", d: toB64u(fromHex(rfc9180.skRm)), x, y };
  receiver.privateKey = await crypto.subtle.importKey("jwk", jwk, { name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
  const info = fromHex(rfc9180.info);
  const sealed = await sealBase(receiver.point, info, utf8("text"));
  assert.deepEqual(await openBase(receiver, info, sealed), utf8("text"));
  assert.equal(await openBase(receiver, utf8("another"), sealed), null);
  for (const place of [0, 1, 64, 65, sealed.length - 1]) {
    const damaged = sealed.slice();
    damaged[place] ^= 1;
    assert.equal(await openBase(receiver, info, damaged), null, `byte ${place}`);
  }
  for (const size of [0, 64, 65, 70]) assert.equal(await openBase(receiver, info, sealed.slice(0, size)), null);
});

test("base64url between bytes, in one way only", () => {
  for (const size of [0, 1, 2, 3, 4, 255, 256]) {
    const [bytes, letters] = [random(size), new Uint8Array(Math.ceil((size * 4) / 3))];
    writeLetters(bytes, letters, 0);
    assert.equal(new TextDecoder().decode(letters), toB64u(bytes));
    assert.deepEqual(readLetters(letters, size), bytes);
    assert.equal(readLetters(letters, size + 1), null);
  }
  for (const text of ["AB", "A=", "A ", "A+", "A/", "\u00ffA", "A"]) assert.equal(readLetters(utf8(text), 1), null, text);
});

test("shares of the vectors", () => {
  const secret = fromB64u(shared.shares.secret);
  const parts = new Map(Object.entries(shared.shares.shares).map(([number, value]) => [Number(number), fromB64u(value)]));
  assert.deepEqual(split(secret, parts.get(1).map((byte, place) => byte ^ secret[place])), parts);
  for (const pair of [[1, 2], [1, 3], [2, 3], [3, 1]]) {
    assert.deepEqual(join(new Map(pair.map((number) => [number, parts.get(number)]))), secret);
  }
  assert.equal(join(new Map([[1, secret]])), null);
  assert.equal(join(parts), null);
  assert.equal(join(new Map([[1, secret], [4, secret]])), null);
});

test("key files of the vectors, to the byte", async () => {
  const key = await readKey(utf8(shared.proof.key_file));
  assert.equal(keyFile(key), shared.proof.key_file);
  assert.equal(publicFile(key), shared.proof.public_file);
  assert.equal(await fingerprint(key), shared.proof.fingerprint);
  assert.deepEqual((await readKey(utf8(`\ufeff${shared.proof.key_file}\r\n`))).scalar, key.scalar);
  assert.equal(await answerFile(key, utf8(shared.proof.challenge), "key"), shared.proof.answer);
});

test("a fresh key comes back from its file and from any two of its shares", async () => {
  const key = await makeKey(CYCLE, 2, "Inspektorat “Kota”");
  assert.equal(key.scalar.length, 32);
  assert.deepEqual((await readKey(utf8(keyFile(key)))).point, key.point);
  const files = shareFiles(key).map(utf8);
  for (const [one, other] of [[0, 1], [0, 2], [1, 2], [2, 0]]) {
    assert.equal(keyFile(await joinShares([files[one], files[other]])), keyFile(key));
  }
  assert.notDeepEqual(shareFiles(key).map(utf8), files);
  const foreign = shareFiles(await makeKey(CYCLE, 2, key.office)).map(utf8);
  for (const pair of [[files[0], files[0]], [files[0], foreign[1]], [files[0]], files, []]) {
    await assert.rejects(joinShares(pair), isCode("shares_do_not_fit"));
  }
});

test("what is no key file is refused, for the same reasons as by the tool", async () => {
  const refused = async (data, code) => assert.rejects(async () => readKey(data), isCode(code));
  for (const text of ["", "\u0089PNG", "[]", "{}", "null", '{"kind":[]}', '{"kind":"toString"}', "[".repeat(100_000)]) {
    await refused(utf8(text), "not_our_file");
  }
  await refused(new Uint8Array([255]), "not_our_file");
  await refused(utf8(shared.proof.public_file), "another_kind");
  for (const change of [
    { layer: 3 }, { layer: "1" }, { cycle: 1 }, { office: null }, { more: 1 }, { private: "AA" }, { private: "A".repeat(43) },
    { private: 5 }, { private: `${"_".repeat(42)}8` }, { public: "AA" }, { public: shared.layers[1].public },
    { public: "A".repeat(87) },
  ]) {
    await refused(changed(change), "damaged");
  }
});

test("challenges of others are not answered", async () => {
  const [key, other] = [await readKey(utf8(shared.proof.key_file)), await makeKey(CYCLE, 1, "A")];
  const challenge = utf8(shared.proof.challenge);
  await assert.rejects(answerFile(other, challenge, "key"), isCode("wrong_key"));
  await assert.rejects(answerFile({ ...key, layer: 2 }, challenge, "key"), isCode("wrong_challenge"));
  await assert.rejects(answerFile({ ...key, cycle: "2027" }, challenge, "key"), isCode("wrong_challenge"));
  const [ballot] = await sealedTo(key, 1);
  const disguised = utf8(JSON.stringify({ ...JSON.parse(shared.proof.challenge), sealed: toB64u(ballot) }));
  await assert.rejects(answerFile(key, disguised, "key"), isCode("wrong_key"));
});

test("lists of the vectors: their hashes, and both layers opened", async () => {
  const outer = Object.fromEntries(shared.ballots.map((each) => [each.outer, each.inner]));
  for (const order of [shared.ballots, [...shared.ballots].reverse()]) {
    const { head, file } = await listOf(1, order.map((each) => fromB64u(each.outer)));
    if (head.hash !== shared.box.list_hashes[1]) continue; // the order of the box is the one that is told
    const first = await openList(file, await keyOf(1), head, "two ballots");
    assert.deepEqual(new Set((await itemsOf(first.file)).map(toB64u)), new Set(Object.values(outer)));
    const second = await openList(first.file, await keyOf(2), first.after, "two ballots");
    const hashes = await Promise.all((await itemsOf(second.file)).map(async (item) => toB64u(await sha256(item))));
    assert.deepEqual(new Set(hashes), new Set(shared.ballots.map((each) => toB64u(fromHex(each.padded_hash)))));
    return;
  }
  assert.fail("neither order has the told hash");
});

test("what a rater seals goes through both holders", async () => {
  const keys = [await makeKey(CYCLE, 1, "A"), await makeKey(CYCLE, 2, "B")];
  const sealed = await Promise.all(
    Array.from({ length: 60 }, (_, number) => seal(keys[0].point, keys[1].point, CYCLE, utf8(`ballot ${number}`))),
  );
  const { head, file } = await listOf(1, sealed);
  const seen = [];
  const first = await openList(file, keys[0], head, "", (...progress) => seen.push(progress));
  assert.deepEqual(seen.at(-1), [180, 180]);
  assert.deepEqual([first.before, first.after.layer, first.after.count, first.leftOut], [head, 2, 60, 0]);
  const second = await openList(first.file, keys[1], first.after, "");
  assert.deepEqual(await check(second.file, second.after, ""), second.after);
  const texts = (await itemsOf(second.file)).map((item) => new TextDecoder().decode(item.subarray(4, 13)).replace(/\0/g, ""));
  assert.deepEqual(new Set(texts), new Set(Array.from({ length: 60 }, (_, number) => `ballot ${number}`)));
});

test("a list that must not be opened is refused", async () => {
  const key = await makeKey(CYCLE, 1, "A");
  const items = await sealedTo(key, 60);
  const { head, file } = await listOf(1, items);
  const refused = (given, code, told = head, reason = "", by = key) => assert.rejects(openList(given, by, told, reason), isCode(code));
  const edited = async (edit) => {
    const bytes = new Uint8Array(await file.arrayBuffer());
    return new Blob([edit(bytes) || bytes]);
  };
  for (const text of ["", "no list\n", "x".repeat(30_000), `{"count":1}\n`]) await refused(new Blob([text]), "not_a_list");
  await refused(await edited((bytes) => new Blob([" ", bytes])), "not_a_list");
  await refused(file, "wrong_list", head, "", { ...key, cycle: "2027" });
  await refused(file, "wrong_list", head, "", { ...key, layer: 2 });
  await refused(file, "not_as_told", { ...head, count: 59 });
  await refused(file, "not_as_told", { ...head, hash: "0".repeat(64) });
  const { start } = await readHead(file);
  for (const edit of [
    (bytes) => bytes.slice(0, -1), (bytes) => bytes.slice(0, -11_140), (bytes) => new Blob([bytes, "\n"]),
    (bytes) => void (bytes[start + 5] ^= 1), (bytes) => void (bytes[start + 5] = 61),
    (bytes) => void (bytes[start + 11_139] = 13),
  ]) {
    await refused(await edited(edit), "damaged");
  }
  const twice = await listOf(1, [...items, items[0]]);
  await refused(twice.file, "repeated", twice.head);
  const few = await listOf(1, items.slice(0, 49));
  await refused(few.file, "too_few", few.head, "  ");
  assert.equal((await openList(few.file, key, few.head, " Few. ")).reason, "Few.");
  await refused(file, "wrong_key", head, "Even with a reason.", await makeKey(CYCLE, 1, "A"));
});

test("a few that do not open are borne, more only for a reason", async () => {
  const key = await makeKey(CYCLE, 1, "A");
  const items = await sealedTo(key, 60);
  const inner = await openBase(key, layerInfo(CYCLE, 1), items[0]);
  const again = await sealBase(key.point, layerInfo(CYCLE, 1), inner);
  const one = await listOf(1, [...items, again]);
  const opened = await openList(one.file, key, one.head, "");
  assert.deepEqual([opened.after.count, opened.leftOut], [60, 1]);
  const two = await listOf(1, [...items, again, random(SIZES[1])]);
  await assert.rejects(openList(two.file, key, two.head, ""), isCode("unreadable"));
  assert.equal((await openList(two.file, key, two.head, "Told the auditor.")).leftOut, 2);
});

test("every place is as likely after the shuffle", async () => {
  const items = Array.from({ length: 8 }, (_, number) => ({ item: Uint8Array.of(number), digest: null }));
  const places = new Array(8).fill(0);
  for (let draw = 0; draw < 4000; draw += 1) places[(await shuffled(items)).findIndex(({ item }) => item[0] === 0)] += 1;
  const chi2 = places.reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0);
  assert.ok(chi2 < 45, `${chi2}`); // 7 degrees of freedom: passed by chance in all but one case in ten million
});

test("minutes say what happened", () => {
  const before = { cycle: "c-1", layer: 1, count: 120, hash: "a".repeat(64) };
  const opened = { before, after: { ...before, layer: 2, count: 119, hash: "b".repeat(64) }, leftOut: 1, reason: "" };
  const day = new Date(2026, 10, 24);
  assert.equal(writtenDay(day, "id"), "Selasa, 24 November 2026");
  const minutes = minutesOf({ opened, holder: "Dewi", office: "Inspektorat", fingerprint: "ABCD", day }, "en");
  assert.match(minutes.introduction, /Tuesday, 24 November 2026/);
  assert.deepEqual(minutes.rows.map(([, value]) => value), [
    "c-1", "1", "Dewi", "Inspektorat", "ABCD", "120", before.hash, "119", opened.after.hash, "1", "–",
  ]);
  assert.deepEqual(minutes.signatures.map(([, name]) => name), ["Dewi", "", ""]);
});
