// base64url without padding between bytes and bytes: a list of 400 megabytes is never one text in memory.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const TO_LETTER = Uint8Array.from(LETTERS, (letter) => letter.charCodeAt(0));
const NO_LETTER = 64;
const FROM_LETTER = new Uint8Array(256).fill(NO_LETTER);
TO_LETTER.forEach((letter, value) => (FROM_LETTER[letter] = value));

/** @param {number} size of bytes */
export const lettersOf = (size) => Math.ceil((size * 4) / 3);

/**
 * @param {Bytes} bytes
 * @param {Bytes} target
 * @param {number} place where its first letter goes
 */
export function writeLetters(bytes, target, place) {
  for (let start = 0; start < bytes.length; start += 3) {
    const [one, two, three] = [bytes[start], bytes[start + 1] || 0, bytes[start + 2] || 0];
    const left = bytes.length - start;
    target[place++] = TO_LETTER[one >> 2];
    target[place++] = TO_LETTER[((one & 3) << 4) | (two >> 4)];
    if (left > 1) target[place++] = TO_LETTER[((two & 15) << 2) | (three >> 6)];
    if (left > 2) target[place++] = TO_LETTER[three & 63];
  }
}

/**
 * Each sequence of bytes has one text; any other way to write it (padding, loose bits, spaces) is none.
 *
 * @param {Bytes} letters
 * @param {number} size of the bytes that they must hold
 * @returns {Bytes | null}
 */
export function readLetters(letters, size) {
  if (letters.length !== lettersOf(size)) return null;
  const bytes = new Uint8Array(size);
  let [held, bits, end, seen] = [0, 0, 0, 0];
  for (const letter of letters) {
    const value = FROM_LETTER[letter];
    seen |= value;
    held = ((held << 6) | value) & 0xfff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[end++] = held >> bits;
    }
  }
  const loose = held & ((1 << bits) - 1);
  return seen & NO_LETTER || loose ? null : bytes;
}
