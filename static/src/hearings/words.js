/**
 * The page's sentences, in the reader's language: the server writes them into `data-words` of the room.
 *
 * @typedef {Record<string, string | number | boolean | null>} Params
 */

export class Words {
  /** @param {string} json */
  constructor(json) {
    /** @type {Record<string, string>} */
    this.sentences = JSON.parse(json);
  }

  /**
   * @param {string} key
   * @param {Params} [params] fill `%(name)s` and `%(n)d`
   */
  say(key, params = {}) {
    const sentence = this.sentences[key] ?? "";
    return sentence.replace(/%\((\w+)\)[sd]/g, (_, name) => String(params[name] ?? ""));
  }

  /**
   * The sentence of a refusal; one that nobody wrote says that it did not work.
   *
   * @param {string} code
   * @param {Params} params
   */
  problem(code, params) {
    return this.say(`problem.${code}`, params) || this.say("problem.unknown");
  }

  /** @param {string[]} names */
  list(names) {
    return names.join(this.sentences["list.comma"] ?? ", ");
  }

  /** @param {string} instant ISO 8601; shown as the hour in the district's zone */
  hour(instant) {
    const format = { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" };
    return new Date(instant).toLocaleTimeString("en-GB", /** @type {Intl.DateTimeFormatOptions} */ (format));
  }
}
