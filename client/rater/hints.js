// What in a comment could tell a reader who wrote it. Runs on the device; the writer decides what to do with a hint.

/** @typedef {{start: number, end: number, kind: "number" | "date" | "name" | "misconduct"}} Span */

const MONTH =
  "(?:jan(?:uar[iy])?|feb(?:ruar[iy])?|mar(?:et|ch)?|apr(?:il)?|mei|may|jun[ie]?|jul[iy]?|agu(?:stus)?|agt|aug(?:ust)?" +
  "|sept?(?:ember)?|o[kc]t(?:ober)?|nov(?:ember)?|nop(?:ember)?|des(?:ember)?|dec(?:ember)?)";

/** Employee and citizen numbers of 18 and 16 digits, phone numbers. */
const NUMBERS = /\b\d(?:[ .]?\d){15}(?:[ .]?\d[ .]?\d)?\b|(?:\+62|\b62|\b0)[ .()-]{0,2}[2-9](?:[ .()-]{0,2}\d){7,11}\b/g;
const DATES = new RegExp(
  String.raw`\b\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d{2})\b|\b\d{4}-\d{2}-\d{2}\b` +
    String.raw`|\b\d{1,2}(?:st|nd|rd|th)?[ -](?:of )?${MONTH}\b(?:[ ,-]+\d{4}\b)?` +
    String.raw`|\b${MONTH} \d{1,2}\b(?:st|nd|rd|th)?(?:,? \d{4}\b)?|\b${MONTH} \d{4}\b`,
  "gi",
);
const ADDRESS = "(?:ba?pak|pak|ibu|bu|bang|kak|mas|mbak|uda|uni|buya|saudari|saudara|sdri|sdr|mrs|mr|ms)";
/** Word stems; what they hint at belongs into a report of misconduct, which nobody follows up from here. */
const MISCONDUCT = new RegExp(
  String.raw`\b\w*(?:korup|pungli|pungutan liar|suap|gratifikasi|leceh|kekerasan|pemeras|memeras|diperas|penggelapan` +
    String.raw`|digelapkan|menggelapkan|fiktif|nepotis|cabul|ancaman|mengancam|diancam|dipukul|memukul|penipuan|pemalsu` +
    String.raw`|dipalsu|memalsu|corrupt|brib|extort|kickback|harass|embezzl|fraud|assault|violen|threaten|blackmail)\w*`,
  "gi",
);

/**
 * @param {string} text
 * @param {string[]} names of people who are shown on this device
 * @returns {Span[]} in the order of the text
 */
export function findHints(text, names) {
  return [...find(text, NUMBERS, "number"), ...find(text, DATES, "date"), ...findNames(text, names)].sort(
    (one, other) => one.start - other.start,
  );
}

/**
 * @param {string} text
 * @returns {Span[]}
 */
export const findMisconduct = (text) => find(text, MISCONDUCT, "misconduct");

/**
 * A part of a name counts where it has a capital or follows a form of address: many names are also words ("bagus", "indah").
 *
 * @param {string} text
 * @param {string[]} names
 */
function findNames(text, names) {
  const parts = names.flatMap(partsOf);
  if (!parts.length) return [];
  const name = `(?:${parts.join("|")})`;
  const pattern = new RegExp(String.raw`\b(?:${ADDRESS}\.? +)?${name}(?: +${name})*\b`, "gi");
  return find(text, pattern, "name").filter(({ start, end }) => {
    const found = text.slice(start, end);
    return new RegExp(`^${ADDRESS}\\b`, "i").test(found) || found !== found.toLowerCase();
  });
}

/**
 * The parts of a name without titles before it ("Drs.") and after it (", S.H.").
 *
 * @param {string} name
 */
const partsOf = (name) => name.replace(/,.*|\S+\./g, "").match(/[A-Za-z\u00c0-\u024f'’-]{3,}/g) || [];

/**
 * @param {string} text
 * @param {RegExp} pattern
 * @param {Span["kind"]} kind
 */
function find(text, pattern, kind) {
  /** @type {Span[]} */
  const spans = [];
  pattern.lastIndex = 0;
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
    spans.push({ start: found.index, end: pattern.lastIndex, kind });
  }
  return spans;
}
