// The vectors that the browser's code shares with the Python side.

import { readFileSync } from "node:fs";

/** @param {string} name */
const read = (name) => JSON.parse(readFileSync(new URL(`../../tests/protocol/${name}.json`, import.meta.url), "utf8"));

export const rfc9474 = read("rfc9474").vectors;
export const rfc9180 = read("rfc9180");
export const shared = read("vectors");
