/**
 * The mediator's minutes, with a template for each part, and the notes that nobody else reads.
 *
 * @typedef {import("../messages.js").Notes} Notes
 * @typedef {import("../messages.js").ClientMessage} ClientMessage
 * @typedef {import("../messages.js").MinuteStage} MinuteStage
 * @typedef {import("../messages.js").NoteTag} NoteTag
 * @typedef {import("./words.js").Words} Words
 */
import { copy, keep, one, write } from "./dom.js";

export class NotesPanel {
  /** What was sent and is not yet in the list: the field is emptied when it is. */
  #sent = new Map();

  /**
   * @param {HTMLElement} panel
   * @param {Words} words
   * @param {(message: ClientMessage) => boolean} send
   */
  constructor(panel, words, send) {
    this.panel = panel;
    this.words = words;
    this.minute = /** @type {HTMLTextAreaElement} */ (one(panel, "#minute-text"));
    this.note = /** @type {HTMLTextAreaElement} */ (one(panel, "#note-text"));
    const stage = /** @type {HTMLSelectElement} */ (one(panel, "#minute-stage"));
    one(panel, "[data-do-template]").addEventListener("click", () => {
      this.minute.value = [this.minute.value.trim(), words.say(`template.${stage.value}`)].filter(Boolean).join("\n");
      this.minute.focus();
    });
    one(panel, "[data-minute-form]").addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.minute.value;
      if (send({ type: "minute", stage: /** @type {MinuteStage} */ (stage.value), text })) this.#sent.set(this.minute, text);
    });
    one(panel, "[data-note-form]").addEventListener("submit", (event) => {
      event.preventDefault();
      const tag = /** @type {HTMLInputElement} */ (one(panel, "[name=note-tag]:checked")).value;
      const text = this.note.value;
      if (send({ type: "note", tag: /** @type {NoteTag} */ (tag), text })) this.#sent.set(this.note, text);
    });
  }

  /** @param {Notes} notes */
  draw(notes) {
    this.#list("[data-minute-lines]", notes.minutes, (line) => this.words.say(`stage.${line.stage}`));
    this.#list("[data-note-lines]", notes.own, (line) => this.words.say(`tag.${line.tag}`));
    this.#written(this.minute, notes.minutes.at(-1)?.text);
    this.#written(this.note, notes.own.at(-1)?.text);
  }

  /**
   * @template {{ id: number, text: string, written_at: string }} Row
   * @param {string} list
   * @param {Row[]} rows
   * @param {(row: Row) => string} kind
   */
  #list(list, rows, kind) {
    keep(one(this.panel, list), rows, (row) => String(row.id), () => copy(this.panel, "note-line"), (item, row) => {
      write(one(item, "[data-at]"), this.words.hour(row.written_at));
      write(one(item, "[data-kind]"), kind(row));
      write(one(item, "[data-text]"), row.text);
    });
  }

  /**
   * Nothing typed is lost: the field is emptied once the server has it.
   *
   * @param {HTMLTextAreaElement} field
   * @param {string | undefined} last
   */
  #written(field, last) {
    const sent = this.#sent.get(field);
    if (sent === undefined || last !== sent.trim()) return;
    if (field.value === sent) field.value = "";
    this.#sent.delete(field);
  }
}
