/** Bytes that the browser's cryptography takes. */
type Bytes = Uint8Array<ArrayBuffer>;
