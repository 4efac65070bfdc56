// What the page can do: each task is its fields and what is made of them.

import { make, told } from "./dom.js";
import { CYCLE_FIELDS, KEY_FIELDS, LIST_FIELDS, REASON } from "./form.js";
import { answerFile, fingerprint, joinShares, keyFile, makeKey, publicFile, readKey, shareFiles } from "./keys.js";
import { check } from "./lists.js";
import { openList } from "./opening.js";
import { minutesPage, notice, pairs, printButton, saver } from "./result.js";

/**
 * @typedef {import("./form.js").Entered} Entered
 * @typedef {import("./lists.js").Progress} Progress
 * @typedef {{fields: import("./form.js").Field[], work: (entered: Entered, progress: Progress) => Promise<Node[]>}} Task
 */

const SMALL_FILE = 100_000;

/** @param {Blob} file */
const bytesOf = async (file) => new Uint8Array(await file.slice(0, SMALL_FILE).arrayBuffer());

/** @param {Entered} entered */
const keyOf = async (entered) =>
  entered.source === "key"
    ? readKey(await bytesOf(entered.key))
    : joinShares([await bytesOf(entered["share-a"]), await bytesOf(entered["share-b"])]);

/**
 * @param {{cycle: string, layer: number}} of
 * @param {string} what
 */
const nameOf = ({ cycle, layer }, what) => `cermin-${cycle.replace(/[^\w-]/g, "_")}-layer${layer}${what}`;

/** @param {import("./keys.js").HolderKey} key */
const shareSavers = (key) =>
  shareFiles(key).map((file, place) => saver("save-share", nameOf(key, `-key-${place + 1}.json`), file, { number: place + 1 }));

/** @param {Node[]} savers */
const actions = (...savers) => make("div", { class: "actions savers" }, ...savers);

/** @type {Record<string, Task>} */
export const TASKS = {
  make: {
    fields: [...CYCLE_FIELDS, { name: "office", kind: "text" }],
    async work({ cycle, layer, office }) {
      const key = await makeKey(cycle, Number(layer), office);
      return [
        notice("good", "made"),
        told("h2", "fingerprint"),
        make("p", { class: "receipt" }, await fingerprint(key)),
        told("p", "fingerprint-hint"),
        actions(
          saver("save-public", nameOf(key, "-public.json"), publicFile(key)),
          saver("save-key", nameOf(key, "-key.json"), keyFile(key)),
          ...shareSavers(key),
        ),
        told("p", "keep"),
      ];
    },
  },
  prove: {
    fields: [...KEY_FIELDS, { name: "challenge", kind: "file" }],
    async work(entered) {
      const key = await keyOf(entered);
      const answer = await answerFile(key, await bytesOf(entered.challenge), entered.source);
      return [notice("good", "proved"), actions(saver("save-answer", nameOf(key, `-answer-${entered.source}.json`), answer))];
    },
  },
  split: {
    fields: [{ name: "key", kind: "file" }],
    async work(entered) {
      const key = await readKey(await bytesOf(entered.key));
      return [notice("good", "splitted"), actions(...shareSavers(key))];
    },
  },
  check: {
    fields: [...CYCLE_FIELDS, ...LIST_FIELDS, REASON],
    async work({ cycle, layer, list, count, hash, reason }, progress) {
      await check(list, { cycle, layer: Number(layer), count, hash }, reason, progress);
      return [notice("good", "text: list-fits", { cycle, layer, count })];
    },
  },
  open: {
    fields: [...KEY_FIELDS, ...LIST_FIELDS, { name: "holder", kind: "text" }, REASON],
    async work(entered, progress) {
      const key = await keyOf(entered);
      const { list, count, hash, reason } = entered;
      const opened = await openList(list, key, { count, hash }, reason, progress);
      const { before, after, leftOut, file } = opened;
      const facts = { opened, holder: entered.holder, office: key.office, fingerprint: await fingerprint(key), day: new Date() };
      return [
        notice("good", "opened", { before: before.count, after: after.count, left_out: leftOut }),
        make(
          "div",
          { class: "screen" },
          told("p", "tell"),
          pairs([["told-count", String(after.count)], ["told-hash", after.hash]]),
          actions(saver("save-list", nameOf(after, ".list"), file), printButton(() => print())),
        ),
        minutesPage(facts),
      ];
    },
  },
};
