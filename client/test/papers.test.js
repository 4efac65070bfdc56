import assert from "node:assert/strict";
import test from "node:test";

import { cast, loadList, loadQuestionnaire, takePapers } from "../rater/papers.js";
import { City, CODE, netTo } from "./city.js";

const city = new City();

test("a list; an unknown code; a closed cycle", async () => {
  const { outcome, value } = await loadList(netTo(city), CODE);
  assert.equal(outcome, "ok");
  assert.equal(value.papers.length, 5);
  assert.deepEqual(await loadList(netTo(city), "another"), { outcome: "unknown" });
  const closed = new City();
  closed.isOpen = false;
  assert.deepEqual(await loadList(netTo(closed), CODE), { outcome: "closed" });
});

test("no call says who asks, beyond its body", async () => {
  const net = netTo(city);
  await loadList(net, CODE);
  await takePapers(net, CODE, []);
  await cast(net, '{"box":"","pass":{"token":"","signature":""},"sealed":""}');
  for (const { init } of net.calls) {
    assert.equal(init.credentials, "omit");
    assert.equal(init.referrerPolicy, "no-referrer");
    assert.equal(init.cache, "no-store");
    assert.deepEqual(init.headers, { "Content-Type": "application/json" });
  }
  assert.doesNotMatch(net.calls[2].body, new RegExp(CODE));
});

for (const fault of ["down", "lost", 500, 503, 429, 403, 404, "page"]) {
  test(`after the fault "${fault}" the same body is sent again`, async () => {
    const net = netTo(city);
    net.faults = [fault, fault];
    assert.equal((await loadList(net, CODE)).outcome, "ok");
    assert.equal(net.calls.length, 3);
    assert.equal(new Set(net.calls.map(({ body }) => body)).size, 1);
  });
}

test("after four tries it is left for later; pauses grow", async () => {
  const net = netTo(city);
  net.faults = Array(9).fill("down");
  const pauses = [];
  net.pause = async (milliseconds) => pauses.push(milliseconds);
  assert.deepEqual(await loadList(net, CODE), { outcome: "offline" });
  assert.equal(net.calls.length, 4);
  assert.ok(pauses[0] < pauses[1] && pauses[1] < pauses[2] && pauses.length === 3, String(pauses));
});

test("a call that hangs is given up", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const hangs = (_path, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("gone"))));
  const waiting = loadList({ fetch: hangs, pause: async () => {} }, CODE);
  for (let attempt = 0; attempt < 4; attempt++) {
    context.mock.timers.tick(30000);
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  }
  assert.deepEqual(await waiting, { outcome: "offline" });
});

test("a questionnaire is asked for without any person in it", async () => {
  const asked = [];
  const net = { fetch: async (path) => (asked.push(path), new Response("<form></form>")), pause: async () => {} };
  const paper = { ...city.papers[4], leads: true };
  assert.deepEqual(await loadQuestionnaire(net, paper, "id"), { outcome: "ok", value: "<form></form>" });
  assert.deepEqual(asked, [`/i/questionnaire/${paper.instrument}/subordinate/1?lang=id`]);
});
