import assert from "node:assert/strict";
import test from "node:test";

import { findHints, findMisconduct } from "../rater/hints.js";

const NAMES = ["Drs. H. Yusrizal Chaniago, M.Si.", "Bagus Pratama, S.Kom.", "Dr. dr. Indah Nur'aini", "Sri Wahyuni"];

/** @param {string} text @param {string[]} [names] */
const hints = (text, names = NAMES) => findHints(text, names).map(({ start, end, kind }) => `${kind}: ${text.slice(start, end)}`);

const FOUND = {
  "NIP 198501012010011001 dia": ["number: 198501012010011001"],
  "nip 19850101 201001 1 001.": ["number: 19850101 201001 1 001"],
  "NIK 1375010101850001": ["number: 1375010101850001"],
  "hubungi 0812-3456-7890 saja": ["number: 0812-3456-7890"],
  "wa +62 812 3456 789": ["number: +62 812 3456 789"],
  "telepon 081234567890": ["number: 081234567890"],
  "rapat 12/3/2026 kemarin": ["date: 12/3/2026"],
  "pada 12-03-26": ["date: 12-03-26"],
  "2026-03-12": ["date: 2026-03-12"],
  "tanggal 12 Maret 2026 itu": ["date: 12 Maret 2026"],
  "tanggal 3 agt": ["date: 3 agt"],
  "on 3rd of March": ["date: 3rd of March"],
  "on March 12, 2026 we": ["date: March 12, 2026"],
  "bulan Oktober 2025": ["date: Oktober 2025"],
  "Pak Yusrizal marah": ["name: Pak Yusrizal"],
  "pak yusrizal marah": ["name: pak yusrizal"],
  "ibu sri wahyuni baik": ["name: ibu sri wahyuni"],
  "YUSRIZAL CHANIAGO": ["name: YUSRIZAL CHANIAGO"],
  "Bu Indah dan Bagus": ["name: Bu Indah", "name: Bagus"],
  "kata Nur'aini": ["name: Nur'aini"],
  "Bagus pada 1 Mei 2026": ["name: Bagus", "date: 1 Mei 2026"],
};
for (const [text, expected] of Object.entries(FOUND)) test(`hint in: ${text}`, () => assert.deepEqual(hints(text), expected));

const CLEAN = [
  "Kerjanya bagus dan indah dilihat, selalu sri-seri.",
  "Sudah 5 jangka waktu, 3 markas, 12 mayor, 2 kali dari 10.",
  "Nilai 4,5 dari 5; 100 persen; versi 1.2.3; pukul 08.30",
  "Rp 1.500.000.000.000 anggaran 2026",
  "pagus Yusrizaldi", // inside other words
  "",
];
for (const text of CLEAN) test(`no hint in: ${text}`, () => assert.deepEqual(hints(text), []));

test("without names only numbers and dates", () => {
  assert.deepEqual(hints("Pak Yusrizal, 1 Mei 2026", []), ["date: 1 Mei 2026"]);
  assert.deepEqual(hints("Pak Yusrizal", ["", "A. B., S.H."]), []);
});

const MISCONDUCT = [
  "Ia menerima suap", "ada PUNGLI di loket", "pungutan liar", "dugaan korupsi", "ia melecehkan staf", "kekerasan", "saya dipukul",
  "laporan fiktif", "he takes bribes", "sexual harassment", "memeras warga", "ia mengancam saya", "fraudulent",
];
for (const text of MISCONDUCT) test(`misconduct in: ${text}`, () => assert.equal(findMisconduct(text).length, 1));

const HARMLESS = ["datang pukul 8", "operasi pasar lancar", "ruang gelap", "semacam itu", "berperan", "sabar dan kuat", "", "threats"];
for (const text of HARMLESS) test(`no misconduct in: ${text}`, () => assert.deepEqual(findMisconduct(text), []));
