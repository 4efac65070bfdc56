// A ballot as it lies in its sealings, and the request that delivers it (docs/protocol.md, "A ballot").

import { canonical, toB64u, utf8 } from "./encoding.js";

/** @typedef {{token: string, signature: string}} Signed both in base64url */

/**
 * @param {{answers: Record<string, number>, missing: Record<string, string>, comments: Record<string, string>,
 *   cycle: string, scope: string, instrument: string, stamp: Signed}} content
 */
export function encode({ answers, missing, comments, cycle, scope, instrument, stamp: { token, signature } }) {
  const stamp = { token, signature };
  return utf8(canonical({ answers, missing, comments, cycle, scope, instrument, stamp, version: 1 }));
}

/**
 * The body of the request. It is kept on the device before it is sent, and sent again to the same byte.
 *
 * @param {string} cycle
 * @param {Signed} pass
 * @param {Bytes} sealed
 */
export function delivery(cycle, { token, signature }, sealed) {
  return canonical({ box: cycle, pass: { token, signature }, sealed: toB64u(sealed) });
}
