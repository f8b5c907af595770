/**
 * What the staff on duty write to a person who waits, and the answer. In a room with others it is out of sight.
 *
 * @typedef {import("../messages.js").FromDesk} FromDesk
 * @typedef {import("../messages.js").State} State
 * @typedef {import("./words.js").Words} Words
 */
import { copy, keep, mark, one, show, write } from "./dom.js";

export class FromDeskCard {
  /** @type {number | null} the newest line of the staff that was shown; null: the page has just been opened */
  #heard = null;
  #any = false;

  /**
   * @param {HTMLElement} card
   * @param {Words} words
   * @param {(text: string) => boolean} send
   */
  constructor(card, words, send) {
    this.card = card;
    this.words = words;
    this.form = one(card, "form");
    this.field = /** @type {HTMLTextAreaElement} */ (one(card, "textarea"));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.field.value.trim();
      // Kept in the field when the line is lost: nothing typed is lost with it.
      if (text && send(text)) this.field.value = "";
    });
  }

  /**
   * @param {FromDesk} message
   * @returns {string[]} what is new, to be said
   */
  hear({ lines, may_answer }) {
    this.#any = lines.length > 0;
    keep(
      one(this.card, "[data-lines]"),
      lines,
      (line) => String(line.id),
      () => copy(this.card, "desk-line"),
      (item, line) => {
        mark(item, "data-own", String(!line.name));
        write(one(item, "[data-name]"), line.name || this.words.say("chat.you"));
        write(one(item, "[data-at]"), this.words.hour(line.said_at));
        write(one(item, "[data-text]"), line.text);
      },
    );
    show(this.form, may_answer);
    const theirs = lines.filter((line) => line.name);
    const heard = this.#heard ?? 0;
    this.#heard = Math.max(heard, ...theirs.map((line) => line.id));
    return theirs.filter((line) => line.id > heard).map((line) => this.words.say("news.from_desk", { text: line.text }));
  }

  /** @param {State} state */
  draw({ you }) {
    show(this.card, this.#any && you.room === "waiting" && you.state !== "left");
  }
}
