// What the device does between its store and the server: check the list, take the papers, seal and send. Whatever a call is
// about stands in the store before the call, so that a lost line, a reload or a second tab repeats it to the same byte.

import { delivery, encode } from "./ballot.js";
import { blind, finalize } from "./blind.js";
import { canonical, code, fromB64u, random, sha256, toB64u, toHex, utf8 } from "./encoding.js";
import { isIn } from "./merkle.js";
import { cast, takePapers } from "./papers.js";
import { seal } from "./seal.js";
import { TOKEN_BYTES, passMessage, receipt, stampMessage } from "./tokens.js";

/**
 * @typedef {import("./store.js").Store} Store
 * @typedef {import("./papers.js").Net} Net
 * @typedef {import("./papers.js").Outcome} Outcome
 * @typedef {{paper: string, scope: string, name: string, job_title: string, unit: string, rater_group: string, instrument: string,
 *   leads: boolean, group_size: number, papers_in_scope: number, scope_key: string, path: {place: number, hashes: string[]},
 *   is_taken: boolean, is_drawn?: boolean}} Entry `is_drawn`: a code out of a box took its place, so it is nobody's to send here
 * @typedef {{id: string, closes_on: string, minimum: number, decision: string, manifest: any, hash: string, code: string,
 *   papers: Entry[]}} List `manifest` is read, `hash` and `code` are those of its text
 * @typedef {{token: string, blinded?: string, inverse?: string, signature?: string}} Half a token on its way to its signature
 * @typedef {{body: string, receipt: string, outcome?: Outcome}} Sent
 * @typedef {{scope: string, stamp: Half, pass: Half, draft?: Record<string, string>, sent?: undefined} | {sent: Sent, draft?: undefined}} PaperRecord
 * @typedef {"new" | "ready" | "begun" | "unsent" | "elsewhere" | Outcome} State of a paper on this device
 */

const MANIFEST = "cermin manifest 1";
const PAPER = "paper/";

/** @param {{paper: string}} entry */
const keyOf = ({ paper }) => PAPER + paper;
/** @param {List} list */
const pinOf = ({ id }) => `manifest/${id}`;

/**
 * The list of the server, if all of it hangs together: each scope's key under the root that the manifest names, each questionnaire
 * as the manifest says. The manifest's own code is for the rater to compare with her slip.
 *
 * @param {any} answer of the call `loadList`
 * @returns {Promise<List | null>} null where it does not
 */
export async function readList(answer) {
  const digest = await sha256(utf8(answer.cycle.manifest));
  const manifest = JSON.parse(answer.cycle.manifest);
  if (manifest.kind !== MANIFEST || manifest.cycle !== answer.cycle.id) return null;
  if (answer.cycle.minimum < manifest.minimum) return null;
  for (const paper of answer.papers) if (!(await isBound(paper, manifest))) return null;
  return { ...answer.cycle, manifest, papers: answer.papers, hash: toHex(digest), code: code(digest) };
}

/**
 * @param {Entry} paper
 * @param {any} manifest
 */
async function isBound({ scope, scope_key, papers_in_scope, path, rater_group, instrument }, manifest) {
  const line = utf8(canonical({ key: scope_key, papers: papers_in_scope, scope }));
  const isAsked = manifest.groups.some(
    (/** @type {any} */ each) => each.group === rater_group && each.instrument === instrument,
  );
  return (
    isAsked &&
    scope.endsWith(`/${rater_group}`) &&
    isIn(line, path.place, manifest.counts.scopes, path.hashes, manifest.scopes_root)
  );
}

/**
 * Remember the manifest of a cycle; later lists must bring the same.
 *
 * @param {Store} store
 * @param {List} list
 */
export const isPinned = async (store, list) =>
  (await store.update(pinOf(list), (old) => old || list.hash)) === list.hash;

/**
 * @param {Entry} entry
 * @param {PaperRecord} [record]
 * @returns {State}
 */
function stateOf(entry, record) {
  if (!record) return entry.is_taken ? "elsewhere" : "new";
  if (record.sent) return record.sent.outcome || "unsent";
  if (!record.stamp.signature) return "new";
  return record.draft ? "begun" : "ready";
}

/**
 * The record of a paper that can be answered now.
 *
 * @param {Store} store
 * @param {Entry} entry
 * @returns {Promise<PaperRecord | null>}
 */
export async function openRecord(store, entry) {
  const record = await store.read(keyOf(entry));
  return ["ready", "begun"].includes(stateOf(entry, record)) ? record : null;
}

/**
 * Where each paper of the list stands on this device.
 *
 * @param {Store} store
 * @param {List} list
 * @returns {Promise<{entry: Entry, state: State, record?: PaperRecord}[]>}
 */
export const standing = (store, list) =>
  Promise.all(
    list.papers.map(async (entry) => {
      const record = await store.read(keyOf(entry));
      return { entry, record, state: stateOf(entry, record) };
    }),
  );

/**
 * Whether this store was chosen for these papers before.
 *
 * @param {Store} store
 * @param {List} list
 */
export const isKnown = async (store, list) => (await standing(store, list)).some(({ record }) => record);

/**
 * Take every paper that is not taken: tokens are drawn and kept, then all are asked for at once. Where one of them was used
 * meanwhile in another place, nothing is signed, and they are asked for one by one.
 *
 * @param {Store} store
 * @param {Net} net
 * @param {string} secret
 * @param {List} list
 * @returns {Promise<Outcome>}
 */
export async function takeAll(store, net, secret, list) {
  const wanted = (await standing(store, list)).filter(({ state }) => state === "new").map(({ entry }) => entry);
  for (const entry of wanted) await drawPaper(store, list, entry);
  const outcome = await take(store, net, secret, list, wanted);
  if (outcome !== "taken") return outcome;
  for (const entry of wanted) {
    const single = await take(store, net, secret, list, [entry]);
    if (single === "taken") await forgetTokens(store, entry);
    else if (single !== "ok") return single;
  }
  return "ok";
}

/**
 * @param {Store} store
 * @param {List} list
 * @param {Entry} entry
 */
async function drawPaper(store, list, entry) {
  if (await store.read(keyOf(entry))) return;
  const fresh = {
    scope: entry.scope,
    stamp: await draw(entry.scope_key, (token) => stampMessage(entry.scope, token)),
    pass: await draw(list.manifest.box_key, (token) => passMessage(list.id, token)),
  };
  await store.update(keyOf(entry), (old) => old || fresh);
}

/**
 * @param {string} key
 * @param {(token: Bytes) => Bytes} message
 * @returns {Promise<Half>}
 */
async function draw(key, message) {
  const token = random(TOKEN_BYTES);
  const { blinded, inverse } = await blind(fromB64u(key), message(token));
  return { token: toB64u(token), blinded: toB64u(blinded), inverse: toB64u(inverse) };
}

/**
 * @param {Store} store
 * @param {Net} net
 * @param {string} secret
 * @param {List} list
 * @param {Entry[]} entries
 * @returns {Promise<Outcome>}
 */
async function take(store, net, secret, list, entries) {
  const requests = [];
  for (const entry of entries) {
    const { stamp, pass } = await store.read(keyOf(entry));
    if (stamp.blinded) requests.push({ paper: entry.paper, stamp: stamp.blinded, pass: pass.blinded });
  }
  if (!requests.length) return "ok";
  const { outcome, value } = await takePapers(net, secret, requests);
  if (outcome !== "ok") return outcome;
  try {
    for (const signed of value.papers) await finishPaper(store, list, signed);
  } catch {
    return "refused"; // a signature does not verify; the tokens stay, so that an honest answer still helps
  }
  return "ok";
}

/**
 * @param {Store} store
 * @param {List} list
 * @param {import("./papers.js").Request} signed
 */
async function finishPaper(store, list, signed) {
  const entry = list.papers.find(({ paper }) => paper === signed.paper);
  const record = entry && (await store.read(keyOf(entry)));
  if (!entry || !record || !record.stamp || !record.stamp.blinded) return;
  const finished = {
    scope: record.scope,
    stamp: await finish(entry.scope_key, record.stamp, signed.stamp, (token) => stampMessage(record.scope, token)),
    pass: await finish(list.manifest.box_key, record.pass, signed.pass, (token) => passMessage(list.id, token)),
  };
  await store.update(keyOf(entry), (old) => (old && old.stamp && old.stamp.blinded ? finished : old));
}

/**
 * @param {string} key
 * @param {Required<Half>} half
 * @param {string} blindSignature
 * @param {(token: Bytes) => Bytes} message
 * @returns {Promise<Half>}
 */
async function finish(key, { token, inverse }, blindSignature, message) {
  const signature = await finalize(
    fromB64u(key), message(fromB64u(token)), fromB64u(blindSignature), fromB64u(inverse),
  );
  return { token, signature: toB64u(signature) };
}

/**
 * @param {Store} store
 * @param {Entry} entry
 */
const forgetTokens = (store, entry) =>
  store.update(keyOf(entry), (old) => (old && old.stamp && old.stamp.blinded ? undefined : old));

/**
 * @param {Store} store
 * @param {Entry} entry
 * @param {Record<string, string>} [draft]
 */
export const keepDraft = (store, entry, draft) =>
  store.update(keyOf(entry), (old) => (old && !old.sent ? { ...old, draft } : old));

/**
 * Seal the answers to a paper. From here on the record holds what is to be sent and its receipt, nothing by which the device
 * could open it or alter it; what was sealed first stays.
 *
 * @param {Store} store
 * @param {List} list
 * @param {Entry} entry
 * @param {{answers: Record<string, number>, missing: Record<string, string>, comments: Record<string, string>}} entered
 * @throws {RangeError} the answers are longer than a ballot
 */
export async function sealAnswers(store, list, entry, entered) {
  const record = await store.read(keyOf(entry));
  if (record.sent) return;
  const { stamp, pass, scope } = record;
  const text = encode({ ...entered, cycle: list.id, scope, instrument: entry.instrument, stamp });
  const sealed = await seal(keyOfLayer(list, 1), keyOfLayer(list, 2), list.id, text);
  const sent = { body: delivery(list.id, pass, sealed), receipt: await receipt(fromB64u(stamp.token)) };
  await store.update(keyOf(entry), (old) => (old && old.sent ? old : { sent }));
}

/**
 * @param {List} list
 * @param {number} number
 */
const keyOfLayer = (list, number) =>
  fromB64u(list.manifest.layers.find((/** @type {any} */ each) => each.layer === number).key);

/**
 * Send what is sealed and not yet in the box; says how many were settled and how many still wait.
 *
 * @param {Store} store
 * @param {Net} net
 */
export async function sendWaiting(store, net) {
  const waiting = (await store.all()).filter(([, { sent }]) => sent && !sent.outcome);
  for (const [place, [key, { sent }]] of waiting.entries()) {
    const { outcome } = await cast(net, sent.body);
    if (outcome === "offline") return { settled: place, waiting: waiting.length - place };
    await store.update(key, (old) => old && { sent: { ...old.sent, outcome } });
  }
  return { settled: waiting.length, waiting: 0 };
}

/**
 * Everything this device keeps of a list, to be moved to another one.
 *
 * @param {Store} store
 * @param {List} list
 * @returns {Promise<[string, any][]>}
 */
export async function exportRecords(store, list) {
  const keys = [pinOf(list), ...list.papers.map(keyOf)];
  return (await store.all()).filter(([key]) => keys.includes(key));
}

/**
 * Take in what another device exported. A pin and what was sent from here stay.
 *
 * @param {Store} store
 * @param {[string, any][]} records
 */
export async function importRecords(store, records) {
  for (const [key, record] of records) {
    await store.update(key, (old) => (old && (old.sent || !key.startsWith(PAPER)) ? old : record));
  }
}
