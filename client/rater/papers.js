// The three calls to the server (docs/protocol.md, "Calls"). A call may be repeated: the same body has the same effect once.

/**
 * @typedef {"ok" | "unknown" | "closed" | "taken" | "refused" | "offline"} Outcome
 * @typedef {{fetch: typeof fetch, pause?: (milliseconds: number) => Promise<unknown>}} Net
 * @typedef {{outcome: Outcome, value?: any}} Result `value` where the outcome is "ok"
 * @typedef {{paper: string, stamp: string, pass: string}} Request a paper with what is to be signed for it, or with its signatures
 */

const REFUSALS = ["unknown", "closed", "taken", "refused"];
const PAUSES = [500, 1500, 4000];
const LONGEST_CALL = 30000;
/** @type {RequestInit} nothing that says who asks */
const PLAIN = { credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store" };

/**
 * Whom the owner of this code is asked about.
 *
 * @param {Net} net
 * @param {string} code
 */
export const loadList = (net, code) =>
  post(net, "/i/papers.json", JSON.stringify({ code }), (value) => value.cycle && Array.isArray(value.papers));

/**
 * Have all papers signed, or none.
 *
 * @param {Net} net
 * @param {string} code
 * @param {Request[]} papers
 */
export const takePapers = (net, code, papers) =>
  post(net, "/i/take", JSON.stringify({ code, papers }), (value) => Array.isArray(value.papers));

/**
 * Drop a sealed ballot into the box.
 *
 * @param {Net} net
 * @param {string} body as `delivery` made it and the device keeps it
 */
export const cast = (net, body) => post(net, "/b/ballots", body, (value) => value.kept === true);

/**
 * The form of a questionnaire; names neither subject nor rater.
 *
 * @param {Net} net
 * @param {{instrument: string, rater_group: string, leads: boolean}} paper
 * @param {string} language
 */
export const loadQuestionnaire = (net, { instrument, rater_group, leads }, language) =>
  call(
    net, `/i/questionnaire/${instrument}/${rater_group}/${leads ? 1 : 0}?lang=${language}`, {},
    async (answer) => answer.text(), (value) => value.includes("<form"),
  );

/**
 * @param {Net} net
 * @param {string} path
 * @param {string} body
 * @param {(value: any) => boolean} isAnswer whether it came from our server; public networks answer with pages of their own
 */
const post = (net, path, body, isAnswer) =>
  call(
    net, path, { method: "POST", body, headers: { "Content-Type": "application/json" } },
    (answer) => answer.json(), isAnswer,
  );

/**
 * @param {Net} net
 * @param {string} path
 * @param {RequestInit} request
 * @param {(answer: Response) => Promise<any>} read
 * @param {(value: any) => boolean} isAnswer
 * @returns {Promise<Result>}
 */
async function call(net, path, request, read, isAnswer) {
  const { pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)) } = net;
  for (const milliseconds of [...PAUSES, 0]) {
    const result = await once(net, path, request, read, isAnswer);
    if (result.outcome !== "offline") return result;
    if (milliseconds) await pause(milliseconds * (0.5 + Math.random()));
  }
  return { outcome: "offline" };
}

/**
 * Only what our server says in its own words is final; any other error may be gone at the next try.
 *
 * @param {any} value
 * @returns {Result}
 */
const refusal = ({ outcome }) => ({ outcome: REFUSALS.includes(outcome) ? outcome : "offline" });

/**
 * @param {Net} net
 * @param {string} path
 * @param {RequestInit} request
 * @param {(answer: Response) => Promise<any>} read
 * @param {(value: any) => boolean} isAnswer
 * @returns {Promise<Result>}
 */
async function once(net, path, request, read, isAnswer) {
  const stop = new AbortController();
  const clock = setTimeout(() => stop.abort(), LONGEST_CALL);
  try {
    const answer = await net.fetch(path, { ...PLAIN, ...request, signal: stop.signal });
    if (!answer.ok) return refusal(await answer.json());
    const value = await read(answer);
    return isAnswer(value) ? { outcome: "ok", value } : { outcome: "offline" };
  } catch {
    return { outcome: "offline" };
  } finally {
    clearTimeout(clock);
  }
}
