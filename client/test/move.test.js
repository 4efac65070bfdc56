import assert from "node:assert/strict";
import test from "node:test";

import { newPassphrase, pack, unpack } from "../rater/move.js";

const CONTENT = { code: "AAAA-BBBB-CCCC-DDDD", records: [["paper/1", { draft: { A1: "4", keep: "“é” 😀\n" } }]] };
const PASSPHRASE = newPassphrase();
const TEXT = await pack(CONTENT, PASSPHRASE);

test("only the passphrase opens the text", async () => {
  assert.deepEqual(await unpack(TEXT, PASSPHRASE), CONTENT);
  assert.equal(await unpack(TEXT, newPassphrase()), null);
  assert.doesNotMatch(TEXT, /AAAA/);
});

test("what messengers and fingers do to text and passphrase does not matter", async () => {
  const wrapped = `  ${TEXT.slice(0, 40)}\r\n${TEXT.slice(40, 90)} \n${TEXT.slice(90)}\n`;
  const typed = PASSPHRASE.toLowerCase().replace(/-/g, " ").replace(/0/g, "o").replace(/1/g, "l").replace(/v/g, "u");
  assert.deepEqual(await unpack(wrapped, typed), CONTENT);
});

test("damaged or foreign text is refused", async () => {
  const place = TEXT.length - 8;
  const letter = TEXT[place] === "A" ? "B" : "A";
  assert.equal(await unpack(TEXT.slice(0, place) + letter + TEXT.slice(place + 1), PASSPHRASE), null);
  for (const text of ["", "cermin-move-1.", "cermin-move-1.***", "hello", TEXT.slice(0, -30)]) {
    assert.equal(await unpack(text, PASSPHRASE), null);
  }
});

test("a passphrase has the form of a receipt, and never comes twice", () => {
  assert.match(PASSPHRASE, /^(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
  assert.notEqual(newPassphrase(), PASSPHRASE);
});
