// Tokens, what is signed over them, and the receipt (docs/protocol.md, "Tokens and signatures").

import { code, concat, sha256, utf8 } from "./encoding.js";

export const TOKEN_BYTES = 32;

/**
 * What the key of a scope signs.
 *
 * @param {string} scope
 * @param {Bytes} token
 */
export const stampMessage = (scope, token) => concat(utf8(`cermin stamp 1\n${scope}\n`), token);

/**
 * What the box key of a cycle signs.
 *
 * @param {string} cycle
 * @param {Bytes} token
 */
export const passMessage = (cycle, token) => concat(utf8(`cermin pass 1\n${cycle}\n`), token);

/**
 * The code by which a rater finds her ballot in the published list.
 *
 * @param {Bytes} stampToken
 */
export const receipt = async (stampToken) => code(await sha256(concat(utf8("cermin receipt 1\n"), stampToken)));
