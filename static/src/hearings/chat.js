/**
 * Typed words of the room one is in; in the waiting room they go to the mediator only.
 *
 * @typedef {import("../messages.js").Chat} Chat
 * @typedef {import("../messages.js").ChatLineView} ChatLineView
 * @typedef {import("./words.js").Words} Words
 */
import { copy, keep, mark, one, show, write } from "./dom.js";

export class ChatPanel {
  /** @type {ChatLineView[]} */
  #lines = [];
  /** @type {Set<number> | null} what was here before; null: the page has just been opened */
  #known = null;
  #unread = 0;

  /**
   * @param {HTMLElement} panel
   * @param {Words} words
   * @param {{ say: (text: string) => boolean, unread: (n: number) => void, close: () => void }} on
   */
  constructor(panel, words, on) {
    this.panel = panel;
    this.words = words;
    this.on = on;
    this.list = one(panel, "[data-lines]");
    this.field = /** @type {HTMLTextAreaElement} */ (one(panel, "textarea"));
    one(panel, "form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.field.addEventListener("keydown", (event) => {
      // Enter while choosing Chinese characters belongs to the input method.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#send();
    });
    one(panel, '[data-do="close-chat"]').addEventListener("click", () => on.close());
  }

  get open() {
    return !this.panel.hidden;
  }

  /** @param {boolean} open */
  toggle(open) {
    show(this.panel, open);
    if (!open) return;
    this.#read(0);
    this.field.focus();
    this.#end();
  }

  /**
   * @param {Chat} chat
   * @returns {ChatLineView[]} others' lines that came since the page was opened
   */
  hear(chat) {
    const known = this.#known;
    const fresh = known ? chat.lines.filter((line) => !line.own && !known.has(line.id)) : [];
    this.#known = new Set([...(known ?? []), ...chat.lines.map((line) => line.id)]);
    this.#lines = chat.replace ? chat.lines : [...this.#lines, ...chat.lines];
    keep(
      this.list,
      this.#lines,
      (line) => String(line.id),
      () => copy(this.panel, "line"),
      (item, line) => {
        mark(item, "data-own", String(line.own));
        write(one(item, "[data-name]"), line.own ? this.words.say("chat.you") : line.name);
        write(one(item, "[data-at]"), this.words.hour(line.said_at));
        write(one(item, "[data-text]"), line.text);
      },
    );
    show(one(this.panel, "[data-empty]"), this.#lines.length === 0);
    if (!this.open) this.#read(this.#unread + fresh.length);
    else if (fresh.length) this.#end();
    return fresh;
  }

  /** @param {boolean} waiting @param {boolean} may */
  draw(waiting, may) {
    write(one(this.panel, "[data-reach]"), this.words.say(waiting ? "chat.to_mediator" : "chat.to_room"));
    this.field.disabled = !may;
    const button = one(this.panel, '[type="submit"]');
    mark(button, "aria-disabled", String(!may));
  }

  #send() {
    const text = this.field.value.trim();
    if (!text || this.field.disabled) return;
    // Kept in the field when the line is lost: nothing typed is lost with it.
    if (this.on.say(text)) this.field.value = "";
  }

  /** @param {number} unread */
  #read(unread) {
    this.#unread = unread;
    this.on.unread(unread);
  }

  #end() {
    this.list.scrollTop = this.list.scrollHeight;
  }
}
