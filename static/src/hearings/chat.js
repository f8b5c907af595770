/**
 * Typed words of the room one is in; in the waiting room they go to the mediator only.
 *
 * @typedef {import("../messages.js").Chat} Chat
 * @typedef {import("../messages.js").ChatLineView} ChatLineView
 * @typedef {import("../messages.js").State} State
 * @typedef {import("./words.js").Words} Words
 */
import { copy, keep, mark, one, show, write } from "./dom.js";

export class ChatPanel {
  /** @type {ChatLineView[]} */
  #lines = [];
  /** @type {Set<number> | null} what was here before; null: the page has just been opened */
  #known = null;
  #unread = 0;
  #waiting = false;

  /**
   * @param {HTMLElement} panel
   * @param {Words} words
   * @param {{ say: (text: string, to: string | null) => boolean, record: (line: number) => void, unread: (n: number) => void, close: () => void }} on
   */
  constructor(panel, words, on) {
    this.panel = panel;
    this.words = words;
    this.on = on;
    this.list = one(panel, "[data-lines]");
    this.field = /** @type {HTMLTextAreaElement} */ (one(panel, "textarea"));
    this.to = /** @type {HTMLSelectElement} */ (one(panel, "select"));
    this.to.addEventListener("change", () => this.#reach());
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
      (line) => this.#line(line.id),
      (item, line) => {
        mark(item, "data-own", String(line.own));
        const name = line.own ? this.words.say("chat.you") : line.name;
        write(one(item, "[data-name]"), line.to ? this.words.say("chat.from_to", { name, to: line.to }) : name);
        mark(item, "data-private", String(!!line.to));
        show(one(item, "[data-kept]"), line.kept);
        show(one(item, "[data-record]"), line.may_keep);
        write(one(item, "[data-at]"), this.words.hour(line.said_at));
        write(one(item, "[data-text]"), line.text);
      },
    );
    show(one(this.panel, "[data-empty]"), this.#lines.length === 0);
    if (!this.open) this.#read(this.#unread + fresh.length);
    else if (fresh.length) this.#end();
    return fresh;
  }

  /** @param {State} state @param {boolean} may */
  draw(state, may) {
    this.#waiting = state.you.room === "waiting";
    this.#readers(state);
    this.#reach();
    this.field.disabled = !may;
    const button = one(this.panel, '[type="submit"]');
    mark(button, "aria-disabled", String(!may));
  }

  /** @param {number} id */
  #line(id) {
    const item = copy(this.panel, "line");
    one(item, "[data-record]").addEventListener("click", () => this.on.record(id));
    return item;
  }

  /** To whom one may write: the room, and the mediator alone; the mediator to each person alone. @param {State} state */
  #readers(state) {
    const chair = state.you.role === "neutral";
    const people = state.seats.filter((seat) => (chair ? seat.state !== "expected" && seat.state !== "left" : seat.role === "neutral"));
    const choices = [["", this.words.say("chat.everybody")]];
    for (const seat of people) {
      choices.push([chair ? seat.id : "mediator", this.words.say(chair ? "chat.only" : "chat.only_mediator", { name: seat.name })]);
    }
    const shown = this.#waiting && !chair ? [] : choices;
    show(one(this.panel, "[data-to]"), shown.length > 1);
    const before = this.to.value;
    if ([...this.to.options].map((one) => one.value + one.text).join() === choices.map((one) => one.join("")).join()) return;
    this.to.replaceChildren(...choices.map(([value, text]) => new Option(text, value)));
    this.to.value = choices.some(([value]) => value === before) ? before : "";
  }

  #reach() {
    const alone = this.#waiting || !!this.to.value;
    const key = !alone ? "chat.to_room" : this.to.value && this.to.value !== "mediator" ? "chat.to_one" : "chat.to_mediator";
    write(one(this.panel, "[data-reach]"), this.words.say(key, { name: this.to.selectedOptions[0]?.text ?? "" }));
  }

  #send() {
    const text = this.field.value.trim();
    if (!text || this.field.disabled) return;
    // Kept in the field when the line is lost: nothing typed is lost with it.
    if (this.on.say(text, (!this.#waiting && this.to.value) || null)) this.field.value = "";
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
