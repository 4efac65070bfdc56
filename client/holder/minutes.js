// The minutes (berita acara) of an opening, as plain data for a printed page, in the words of protocol/minutes.py.

import said from "./words.json" with { type: "json" };

/**
 * @typedef {object} Facts what happened, and who did it when
 * @property {import("./opening.js").Opened} opened
 * @property {string} holder
 * @property {string} office
 * @property {string} fingerprint
 * @property {Date} day
 */

/**
 * @param {Facts} facts
 * @param {"id" | "en"} language
 */
export function minutesOf({ opened: { before, after, leftOut, reason }, holder, office, fingerprint, day }, language) {
  const words = said.languages[language].minutes;
  const values = [
    before.cycle, before.layer, holder, office, fingerprint, before.count, before.hash, after.count, after.hash, leftOut,
    reason || words.none,
  ];
  return {
    title: words.title,
    introduction: words.introduction.replace("{day}", writtenDay(day, language)),
    rows: words.labels.map((label, place) => [label, String(values[place])]),
    statements: words.statements,
    signatures: words.signers.map((role, place) => [role, place ? "" : holder]),
  };
}

/**
 * A day with its name, as it stands in minutes.
 *
 * @param {Date} day
 * @param {"id" | "en"} language
 */
export function writtenDay(day, language) {
  const { days, months } = said.languages[language].minutes;
  return `${days[(day.getDay() + 6) % 7]}, ${day.getDate()} ${months[day.getMonth()]} ${day.getFullYear()}`;
}
