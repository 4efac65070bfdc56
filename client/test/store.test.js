import assert from "node:assert/strict";
import test from "node:test";

import { IDBFactory } from "fake-indexeddb";

import { openDatabase, openSession } from "../rater/store.js";
import { storage } from "./storage.js";

const STORES = {
  database: () => openDatabase(new IDBFactory()),
  session: async () => openSession(storage()),
};

for (const [name, open] of Object.entries(STORES)) {
  test(`${name}: reads what was written, lists and clears`, async () => {
    const store = await open();
    assert.equal(await store.read("a"), undefined);
    assert.deepEqual(await store.update("a", (old) => ({ old, text: "é" })), { old: undefined, text: "é" });
    await store.update("b", () => "pin");
    assert.deepEqual((await store.read("a")).text, "é");
    assert.deepEqual((await store.all()).map(([key]) => key).sort(), ["a", "b"]);
    assert.equal(await store.update("a", () => undefined), undefined);
    assert.deepEqual(await store.all(), [["b", "pin"]]);
    await store.clear();
    assert.deepEqual(await store.all(), []);
  });
}

test("two tabs that write at once end with the first", async () => {
  const factory = new IDBFactory();
  const tabs = [await openDatabase(factory), await openDatabase(factory)];
  const kept = await Promise.all(tabs.map((tab, number) => tab.update("paper", (old) => old || { number })));
  assert.deepEqual(kept[0], kept[1]);
  assert.deepEqual(await tabs[0].read("paper"), kept[0]);
});

test("a change that fails leaves the record as it was", async () => {
  const store = await openDatabase(new IDBFactory());
  await store.update("paper", () => "kept");
  // An error inside the event handler is the browser's to report; here it would end the test.
  await assert.rejects(store.update("paper", () => ({ cannot: () => "be stored" })));
  assert.equal(await store.read("paper"), "kept");
});

test("a closed and reopened database still has it", async () => {
  const factory = new IDBFactory();
  await (await openDatabase(factory)).update("paper", () => 1);
  assert.equal(await (await openDatabase(factory)).read("paper"), 1);
});

test("the session leaves alone what is not its own", async () => {
  const items = storage();
  items.setItem("other", "x");
  const store = openSession(items);
  await store.update("a", () => 1);
  await store.clear();
  assert.deepEqual(Object.keys(items), ["other"]);
});
