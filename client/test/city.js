// A city in memory that answers the calls of docs/protocol.md as the server does.

import { createHash, randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";

import { verify } from "../rater/blind.js";
import { canonical, fromB64u, toB64u, toHex, utf8 } from "../rater/encoding.js";
import { passMessage } from "../rater/tokens.js";
import { shared } from "./vectors.js";

export const CODE = "7K2M-94QX-0ABC-DEFG";
export const CYCLE = "c-2026";
const INSTRUMENT = "ab".repeat(32);
const PEOPLE = [
  ["self", "Yusrizal, S.Kom.", "Pranata Komputer"],
  ["supervisor", "Dra. Elfi Suryani, M.M.", "Kepala Bidang Layanan"],
  ["peer", "Bagus Pratama, S.H.", "Analis Kebijakan"],
  ["peer", "Sri Wahyuni", ""],
  ["subordinate", "Drs. H. Indra Catri", "Kepala Seksi"],
];

const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();

/** The signature of a number: with the private key, as only the server can. */
export function sign(keyName, blinded) {
  const { p, q, modulus } = shared.keys[keyName];
  const [one, other, n] = [`0x${p}`, `0x${q}`, `0x${toHex(fromB64u(modulus))}`].map(BigInt);
  const order = (one - 1n) * (other - 1n);
  let [rest, next, found, then] = [order, 65537n, 0n, 1n];
  while (next) [rest, next, found, then] = [next, rest % next, then, found - (rest / next) * then];
  let [base, exponent, result] = [BigInt(`0x${toHex(fromB64u(blinded))}`), (found + order) % order, 1n];
  for (; exponent; exponent >>= 1n, base = (base * base) % n) if (exponent & 1n) result = (result * base) % n;
  return Buffer.from(result.toString(16).padStart(512, "0"), "hex").toString("base64url");
}

/** Root and paths of a list of lines. */
function tree(lines) {
  let level = lines.map((line) => sha256([0], line));
  const paths = lines.map(() => []);
  const places = lines.map((_, place) => place);
  for (; level.length > 1; level = pairUp(level)) {
    for (const [line, place] of places.entries()) {
      if ((place ^ 1) < level.length) paths[line].push(level[place ^ 1].toString("hex"));
      places[line] = place >> 1;
    }
  }
  return { root: level[0].toString("hex"), paths };
}

const pairUp = (level) =>
  level.filter((_, place) => place % 2 === 0).map((left, place) => (2 * place + 1 < level.length ? sha256([1], left, level[2 * place + 1]) : left));

const refuse = (status, outcome) => ({ status, value: { outcome } });

export class City {
  /** @param {{mode?: string, change?: (answer: any) => void}} [options] `change` spoils what the list says */
  constructor({ mode = "two_holders", change = () => {} } = {}) {
    this.change = change;
    this.taken = new Map();
    this.box = new Map();
    this.isOpen = true;
    const scopes = PEOPLE.map(([group], number) => ({ key: shared.keys.stamp.modulus, papers: 6, scope: `S-${number}/${group}` }));
    const { root, paths } = tree(scopes.map((scope) => utf8(canonical(scope))));
    this.manifest = this.makeManifest(mode, root, scopes.length);
    this.papers = PEOPLE.map(([group, name, job_title], number) => ({
      paper: `p-${number}`, scope: scopes[number].scope, name, job_title, unit: "Dinas Komunikasi dan Informatika", rater_group: group,
      instrument: INSTRUMENT, leads: group === "subordinate", group_size: 6, papers_in_scope: 6, scope_key: scopes[number].key,
      path: { place: number, hashes: paths[number] },
    }));
  }

  makeManifest(mode, root, scopes) {
    const offices = { two_holders: ["Inspektorat", "Bagian Hukum"], one_holder: ["", "Inspektorat"], server_key: ["", ""] }[mode];
    const layers = offices.map((office, place) => ({
      key: shared.layers[place].public, layer: place + 1, office, owner: office ? "office" : "server",
    }));
    const groups = ["self", "supervisor", "peer", "subordinate"];
    return canonical({
      ...JSON.parse(shared.manifest.text), box_key: shared.keys.pass.modulus, counts: { papers: 30, raters: 6, scopes, subjects: 5 },
      cycle: CYCLE, groups: groups.map((group) => ({ group, instrument: INSTRUMENT, weight_percent_hundredths: 2500 })),
      layers, mode, name: "Penilaian 360 tahun 2026", scopes_root: root,
    });
  }

  /** @param {string} path @param {string} body */
  async answer(path, body) {
    const asked = JSON.parse(body);
    if (path === "/i/papers.json") return this.list(asked);
    if (path === "/i/take") return this.take(asked);
    if (path === "/b/ballots") return this.cast(asked);
    return { status: 404, value: "not here" };
  }

  list({ code }) {
    if (code !== CODE) return refuse(404, "unknown");
    if (!this.isOpen) return refuse(410, "closed");
    const cycle = { id: CYCLE, closes_on: "2026-12-31", minimum: 5, decision: "", manifest: this.manifest };
    const answer = { cycle, papers: this.papers.map((paper) => ({ ...paper, is_taken: this.taken.has(paper.paper) })) };
    this.change(answer);
    return { status: 200, value: answer };
  }

  take({ code, papers }) {
    if (code !== CODE) return refuse(404, "unknown");
    const isFree = ({ paper, stamp, pass }) => isDeepStrictEqual(this.taken.get(paper) || [stamp, pass], [stamp, pass]);
    if (!papers.every(isFree)) return refuse(409, "taken");
    for (const { paper, stamp, pass } of papers) this.taken.set(paper, [stamp, pass]);
    const signed = papers.map(({ paper, stamp, pass }) => ({ paper, stamp: sign("stamp", stamp), pass: sign("pass", pass) }));
    return { status: 200, value: { papers: signed } };
  }

  async cast({ box, pass, sealed }) {
    if (!this.isOpen) return refuse(410, "closed");
    const message = passMessage(box, fromB64u(pass.token));
    if (!(await verify(fromB64u(shared.keys.pass.modulus), message, fromB64u(pass.signature)))) return refuse(403, "refused");
    if ((this.box.get(pass.token) || sealed) !== sealed) return refuse(409, "taken");
    this.box.set(pass.token, sealed);
    return { status: 200, value: { kept: true } };
  }

  /** Somebody uses a paper in another place. */
  takeElsewhere(paper) {
    const number = toB64u(randomBytes(256));
    this.taken.set(paper, [number, number]);
  }
}

/**
 * The city as `fetch` reaches it. `faults` are used up one a call: "lost" drops the answer after the server has acted, "down" drops the
 * request, a number is an error of something between, "page" is the page of a public network.
 *
 * @param {City} city
 */
export function netTo(city) {
  const net = {
    faults: /** @type {(string | number)[]} */ ([]),
    calls: /** @type {{path: string, body: string, init: RequestInit}[]} */ ([]),
    pause: async () => {},
    async fetch(path, init) {
      net.calls.push({ path, body: init.body, init });
      const fault = net.faults.shift();
      if (fault === "down") throw new TypeError("network");
      if (fault === "page") return new Response("<html>Sign in to the network</html>");
      if (typeof fault === "number") return new Response("<html>an error</html>", { status: fault });
      const { status, value } = await city.answer(path, init.body);
      if (fault === "lost") throw new TypeError("network");
      return new Response(JSON.stringify(value), { status });
    },
  };
  return net;
}
