// Why a file is refused; the words for it are those of protocol/messages.py.

export class RefusedError extends Error {
  /**
   * @param {string} code
   * @param {Record<string, string | number>} [detail] numbers and names that belong to it; never anything secret
   */
  constructor(code, detail = {}) {
    super(code);
    this.code = code;
    this.detail = detail;
  }
}
