import assert from "node:assert/strict";
import test from "node:test";

import { IDBFactory } from "fake-indexeddb";

import {
  exportRecords, importRecords, isKnown, isPinned, keepDraft, openRecord, readList, sealAnswers, sendWaiting, standing, takeAll,
} from "../rater/device.js";
import { canonical } from "../rater/encoding.js";
import { loadList } from "../rater/papers.js";
import { openDatabase, openSession } from "../rater/store.js";
import { City, CODE, netTo } from "./city.js";
import { storage } from "./storage.js";

const ENTERED = { answers: { A1: 4 }, missing: { A2: "not_observed" }, comments: { keep: "“Tegas” 😀" } };

/** A rater with her device, before the first tap. */
async function visit({ city = new City(), store = undefined } = {}) {
  const net = netTo(city);
  const open = store || (await openDatabase(new IDBFactory()));
  const list = await readList((await loadList(net, CODE)).value);
  assert.ok(list);
  net.calls.length = 0;
  return { city, net, list, store: open };
}

const states = async ({ store, list }) => (await standing(store, list)).map(({ state }) => state);
const take = ({ store, net, list }) => takeAll(store, net, CODE, list);
const sealed = ({ store, list }, number = 0, entered = ENTERED) => sealAnswers(store, list, list.papers[number], entered);

test("the whole way: take, draft, seal, send", async () => {
  const rater = await visit();
  assert.deepEqual(await states(rater), Array(5).fill("new"));
  assert.equal(await take(rater), "ok");
  assert.equal(rater.net.calls.length, 1);
  assert.deepEqual(await states(rater), Array(5).fill("ready"));
  await keepDraft(rater.store, rater.list.papers[1], { A1: "4" });
  assert.deepEqual((await states(rater)).slice(0, 2), ["ready", "begun"]);
  await sealed(rater);
  assert.equal((await states(rater))[0], "unsent");
  assert.deepEqual(await sendWaiting(rater.store, rater.net), { settled: 1, waiting: 0 });
  assert.equal((await states(rater))[0], "ok");
  assert.equal(rater.city.box.size, 1);
});

test("after sealing the device keeps what is sent and the receipt, and no way to tell its ballot", async () => {
  const rater = await visit();
  await take(rater);
  const { record } = (await standing(rater.store, rater.list))[0];
  await sealed(rater);
  const { record: after } = (await standing(rater.store, rater.list))[0];
  assert.deepEqual(Object.keys(after), ["sent"]);
  assert.deepEqual(Object.keys(after.sent).sort(), ["body", "receipt"]);
  for (const secret of [record.stamp.token, record.stamp.signature]) assert.ok(!JSON.stringify(after).includes(secret));
  assert.match(after.sent.receipt, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
});

test("tokens are on the device before anything is asked", async () => {
  const rater = await visit();
  const { fetch } = rater.net;
  rater.net.fetch = async (...call) => {
    for (const { record } of await standing(rater.store, rater.list)) assert.ok(record.stamp.inverse);
    return fetch(...call);
  };
  assert.equal(await take(rater), "ok");
});

test("a lost answer is asked for again to the same byte, also after a reload", async () => {
  const rater = await visit();
  rater.net.faults = ["lost", "lost", "lost", "lost"];
  assert.equal(await take(rater), "offline");
  const again = await visit(rater);
  assert.ok(again.list.papers.every(({ is_taken }) => is_taken));
  assert.deepEqual(await states(again), Array(5).fill("new"));
  assert.equal(await take(again), "ok");
  assert.equal(again.net.calls[0].body, rater.net.calls[0].body);
});

test("two tabs take at once", async () => {
  const factory = new IDBFactory();
  const one = await visit({ store: await openDatabase(factory) });
  const other = await visit({ city: one.city, store: await openDatabase(factory) });
  assert.deepEqual(await Promise.all([take(one), take(other)]), ["ok", "ok"]);
  assert.equal(one.net.calls[0].body, other.net.calls[0].body);
});

test("two tabs send different answers at once: one ballot, one receipt", async () => {
  const factory = new IDBFactory();
  const one = await visit({ store: await openDatabase(factory) });
  const other = { ...(await visit({ city: one.city, store: await openDatabase(factory) })), list: one.list };
  await take(one);
  await Promise.all([sealed(one), sealed(other, 0, { answers: { A1: 1 }, missing: {}, comments: {} })]);
  await Promise.all([sendWaiting(one.store, one.net), sendWaiting(other.store, other.net)]);
  assert.equal(new Set([...one.net.calls, ...other.net.calls].filter(({ path }) => path === "/b/ballots").map(({ body }) => body)).size, 1);
  assert.equal((await states(one))[0], "ok");
  await keepDraft(other.store, other.list.papers[0], { A1: "2" });
  assert.equal((await states(other))[0], "ok");
});

test("without a line the ballot waits, and goes to the same byte later", async () => {
  const rater = await visit();
  await take(rater);
  await sealed(rater, 0);
  await sealed(rater, 1);
  rater.net.faults = Array(4).fill("lost");
  assert.deepEqual(await sendWaiting(rater.store, rater.net), { settled: 0, waiting: 2 });
  assert.deepEqual((await states(rater)).slice(0, 2), ["unsent", "unsent"]);
  assert.deepEqual(await sendWaiting(rater.store, rater.net), { settled: 2, waiting: 0 });
  const bodies = rater.net.calls.filter(({ path }) => path === "/b/ballots").map(({ body }) => body);
  assert.equal(new Set(bodies).size, 2);
  assert.equal(rater.city.box.size, 2);
  assert.deepEqual(await sendWaiting(rater.store, rater.net), { settled: 0, waiting: 0 });
  assert.equal(rater.net.calls.filter(({ path }) => path === "/b/ballots").length, bodies.length);
});

test("the box closes meanwhile", async () => {
  const rater = await visit();
  await take(rater);
  await sealed(rater);
  rater.city.isOpen = false;
  assert.deepEqual(await sendWaiting(rater.store, rater.net), { settled: 1, waiting: 0 });
  assert.equal((await states(rater))[0], "closed");
});

test("a paper used elsewhere is left out, the others are taken", async () => {
  const rater = await visit();
  rater.city.takeElsewhere("p-2");
  assert.equal(await take(rater), "ok");
  const again = await visit(rater);
  assert.deepEqual(await states(again), ["ready", "ready", "elsewhere", "ready", "ready"]);
  assert.equal(await openRecord(again.store, again.list.papers[2]), null);
  assert.ok(await openRecord(again.store, again.list.papers[1]));
  again.net.calls.length = 0;
  assert.equal(await take(again), "ok");
  assert.equal(again.net.calls.length, 0);
});

test("a server that signs something else is found out, and the tokens stay", async () => {
  const rater = await visit();
  const honest = rater.city.take;
  rater.city.take = (asked) => {
    const answer = honest.call(rater.city, asked);
    const [one, other] = answer.value.papers;
    [one.stamp, other.stamp] = [other.stamp, one.stamp];
    return answer;
  };
  assert.equal(await take(rater), "refused");
  rater.city.take = honest;
  assert.equal(await take(rater), "ok");
});

const SPOILED = {
  "another key for one scope": ({ papers }) => { papers[1].scope_key = papers[1].scope_key.replace(/^./, "A"); },
  "another number of papers": ({ papers }) => { papers[1].papers_in_scope = 7; },
  "a scope of another group": ({ papers }) => { papers[1].rater_group = "peer"; },
  "a path that leads elsewhere": ({ papers }) => { papers[1].path.place = 0; },
  "another questionnaire": ({ papers }) => { papers[0].instrument = "cd".repeat(32); },
  "a manifest of another cycle": ({ cycle }) => { cycle.id = "c-1"; },
  "a smaller minimum": ({ cycle }) => { cycle.minimum = 4; },
  "another box key": ({ cycle }) => { cycle.manifest = cycle.manifest.replace('"kind":"cermin manifest 1"', '"kind":"x"'); },
  "a manifest that is no JSON": ({ cycle }) => { cycle.manifest = "{"; },
};
for (const [name, change] of Object.entries(SPOILED)) {
  test(`a list is refused for ${name}`, async () => {
    const { value } = await loadList(netTo(new City({ change })), CODE);
    assert.equal(await readList(value).catch(() => null), null);
  });
}

test("a store is known to those whose papers lie in it, not to another rater of the cycle", async () => {
  const rater = await visit();
  assert.ok(!(await isKnown(rater.store, rater.list)));
  await isPinned(rater.store, rater.list);
  await take(rater);
  assert.ok(await isKnown(rater.store, rater.list));
  const papers = rater.list.papers.map((entry) => ({ ...entry, paper: `other-${entry.paper}` }));
  assert.ok(!(await isKnown(rater.store, { ...rater.list, papers })));
});

test("a manifest that changes after the first visit is noticed", async () => {
  const rater = await visit();
  assert.ok(await isPinned(rater.store, rater.list));
  assert.ok(await isPinned(rater.store, rater.list));
  const change = ({ cycle }) => { cycle.manifest = canonical({ ...JSON.parse(cycle.manifest), name: "Lain" }); };
  const later = await visit({ city: new City({ change }), store: rater.store });
  assert.notEqual(later.list.code, rater.list.code);
  assert.ok(!(await isPinned(rater.store, later.list)));
});

test("a ballot that is too long is refused before sealing, and stays a draft", async () => {
  const rater = await visit();
  await take(rater);
  await assert.rejects(sealed(rater, 0, { ...ENTERED, comments: { keep: "x".repeat(9000) } }), RangeError);
  assert.equal((await states(rater))[0], "ready");
});

test("moved to another device: papers, drafts and what waits; the second device that sends is told", async () => {
  const rater = await visit();
  await isPinned(rater.store, rater.list);
  await take(rater);
  await keepDraft(rater.store, rater.list.papers[1], { A1: "4" });
  const other = await visit({ city: rater.city });
  await importRecords(other.store, JSON.parse(JSON.stringify(await exportRecords(rater.store, rater.list))));
  assert.deepEqual(await states(other), ["ready", "begun", "ready", "ready", "ready"]);
  assert.deepEqual((await openRecord(other.store, other.list.papers[1])).draft, { A1: "4" });
  for (const device of [other, rater]) {
    await sealed(device);
    assert.deepEqual(await sendWaiting(device.store, device.net), { settled: 1, waiting: 0 });
  }
  assert.equal((await states(other))[0], "ok");
  assert.equal((await states(rater))[0], "taken");
  await importRecords(rater.store, await exportRecords(other.store, other.list));
  assert.equal((await states(rater))[0], "taken");
});

test("on a shared device nothing is left when the tab is gone", async () => {
  const items = storage();
  const rater = await visit({ store: openSession(items) });
  await take(rater);
  await sealed(rater);
  await rater.store.clear();
  assert.deepEqual(Object.keys(items), []);
});
