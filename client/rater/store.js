// What the device keeps: one record a paper. There is one way to write, a change of one record as a whole, so two tabs that
// draw, seal or answer the same paper at once end with what the first of them wrote. That is why this is IndexedDB and not
// localStorage: its transactions hold between tabs without locks (which a frozen tab could keep), and "strict" means on the disk.

/**
 * @typedef {object} Store
 * @property {(key: string) => Promise<any>} read
 * @property {(key: string, change: (old: any) => any) => Promise<any>} update the new record; undefined removes it
 * @property {() => Promise<[string, any][]>} all
 * @property {() => Promise<void>} clear
 */

const RECORDS = "records";

/**
 * The store of somebody's own device: survives reload and closed tabs.
 *
 * @param {IDBFactory} factory
 * @returns {Promise<Store>}
 */
export async function openDatabase(factory) {
  const opening = factory.open("cermin", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(RECORDS);
  const database = await done(opening);
  // An option of later browsers; earlier ones are strict of themselves, or cannot be made so.
  const begin = (/** @type {IDBTransactionMode} */ mode) =>
    database.transaction(RECORDS, mode, { durability: "strict" }).objectStore(RECORDS);
  return {
    read: (key) => done(begin("readonly").get(key)),
    update: (key, change) => inOneTransaction(begin("readwrite"), key, change),
    async all() {
      const records = begin("readonly");
      const [keys, values] = await Promise.all([done(records.getAllKeys()), done(records.getAll())]);
      return keys.map((key, place) => [String(key), values[place]]);
    },
    clear: () => done(begin("readwrite").clear()),
  };
}

/**
 * @param {IDBObjectStore} records
 * @param {string} key
 * @param {(old: any) => any} change
 */
function inOneTransaction(records, key, change) {
  return new Promise((resolve, reject) => {
    /** @type {any} */
    let record;
    const reading = records.get(key);
    reading.onsuccess = () => {
      record = change(reading.result);
      if (record === undefined) records.delete(key);
      else records.put(record, key);
    };
    records.transaction.oncomplete = () => resolve(record);
    records.transaction.onabort = () => reject(records.transaction.error);
  });
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * The store of a shared device: a reload keeps it, closing the tab takes it away.
 *
 * @param {Storage} session
 * @returns {Store}
 */
export function openSession(session) {
  const prefix = "cermin/";
  /** @param {string} key */
  const read = (key) => JSON.parse(session.getItem(prefix + key) || "null") || undefined;
  const keys = () =>
    Object.keys(session).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  return {
    read: async (key) => read(key),
    async update(key, change) {
      const record = change(read(key));
      if (record === undefined) session.removeItem(prefix + key);
      else session.setItem(prefix + key, JSON.stringify(record));
      return record;
    },
    all: async () => keys().map((key) => [key, read(key)]),
    clear: async () => keys().forEach((key) => session.removeItem(prefix + key)),
  };
}
