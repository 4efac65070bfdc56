/** A Storage as browsers have it: its items are its own properties. */
export function storage() {
  const methods = {
    getItem(key) { return Object.hasOwn(this, key) ? this[key] : null; },
    setItem(key, text) { this[key] = String(text); },
    removeItem(key) { delete this[key]; },
  };
  return Object.create(methods);
}
