/**
 * Talking apart: the question to a party and their answer; the mediator's moves, each confirmed by name.
 *
 * @typedef {import("../messages.js").State} State
 * @typedef {import("../messages.js").SeatView} SeatView
 * @typedef {import("../messages.js").CaucusView} CaucusView
 * @typedef {import("../messages.js").ClientMessage} ClientMessage
 * @typedef {import("./words.js").Words} Words
 * @typedef {{ caucus: string | null, seats: string[] }} Asking
 */
import { all, copy, keep, mark, one, show, write } from "./dom.js";
import { roleOf } from "./tiles.js";

/** The steps with one caucus, in the order of their buttons. */
const STEPS = /** @type {const} */ (["enter", "invite", "unlock", "lock", "withdraw", "end"]);
/** Nothing is heard differently after these: no question before them. */
const AT_ONCE = ["lock", "unlock", "withdraw"];

export class Apart {
  /** @type {State | null} */
  #state = null;
  /** What the dialog's button does. @type {() => void} */
  #confirmed = () => undefined;
  /** Questions that the mediator took back: their end is no news. @type {Set<string>} */
  #takenBack = new Set();
  /** The server's clock is ahead of this device's by so many ms. */
  #ahead = 0;

  /**
   * @param {HTMLElement} room
   * @param {Words} words
   * @param {{ send: (message: ClientMessage) => unknown, asked: () => void, say: (sentences: string[]) => void }} on
   */
  constructor(room, words, on) {
    this.words = words;
    this.on = on;
    this.panel = one(room, "[data-apart]");
    for (const button of all(this.panel, "[data-answer]")) {
      button.addEventListener("click", () => this.#answer(button.dataset.answer === "yes"));
    }
    one(this.panel, "[data-back]").addEventListener("click", () => this.#back());
    setInterval(() => this.#count(), 1000);
    if (room.dataset.part !== "neutral") return;
    this.list = one(room, "[data-caucuses]");
    this.dialog = /** @type {HTMLDialogElement} */ (one(room, "[data-move-dialog]"));
    one(this.dialog, "[data-confirm]").addEventListener("click", () => this.#confirmed());
  }

  /** Whoever sits in the chair now. */
  get neutral() {
    return this.#state?.you.role === "neutral";
  }

  /** @param {State} state */
  draw(state) {
    const before = this.#state;
    this.#state = state;
    this.#ahead = Date.parse(state.now) - Date.now();
    const asked = state.caucuses.find((caucus) => caucus.asked);
    this.#panel(state, asked);
    this.#count();
    if (asked && !before?.caucuses.some((caucus) => caucus.id === asked.id && caucus.asked)) this.#call();
    if (this.list) this.#desk(state);
    if (this.neutral && before) this.on.say(this.#refusals(before, state));
  }

  // ---- the party

  /**
   * @param {State} state
   * @param {CaucusView | undefined} asked
   */
  #panel(state, asked) {
    const inside = state.caucuses.find((caucus) => caucus.inside);
    const waiting = state.caucuses.find((caucus) => caucus.state === "inviting" && !caucus.asked && !this.neutral);
    const shown = asked ?? inside ?? waiting;
    show(this.panel, !!shown);
    if (!shown) return;
    mark(this.panel, "data-tone", asked ? "question" : "apart");
    const kind = asked ? "asked" : inside ? (this.neutral ? "mediator" : "inside") : "waiting";
    const names = asked ? this.#hearers(state, asked) : inside ? this.#others(state) : notYet(shown, state);
    const mediator = state.seats.find((seat) => seat.role === "neutral")?.name ?? "";
    const alone = inside && !asked && !names.length;
    const say = { name: mediator, names: this.words.list(names) };
    write(one(this.panel, "[data-title]"), this.words.say(alone ? "apart.alone.title" : `apart.${kind}.title`, say));
    write(one(this.panel, "[data-text]"), this.words.say(alone ? "apart.alone.text" : `apart.${kind}.text`, say));
    for (const button of all(this.panel, "[data-answer]")) show(button, !!asked);
    write(one(this.panel, "[data-back]"), this.words.say(this.neutral ? "apart.bring_back" : "apart.back"));
    const back = this.neutral ? !!inside : state.you.steps.includes("come_together");
    show(one(this.panel, "[data-back]"), back && !asked);
  }

  /** @param {State} state @param {CaucusView} asked */
  #hearers(state, asked) {
    const mediator = state.seats.filter((seat) => seat.role === "neutral").map((seat) => seat.name);
    return [...mediator, ...asked.guests.filter((guest) => guest.seat !== state.you.seat).map((guest) => guest.name)];
  }

  /** @param {State} state */
  #others(state) {
    return state.seats.filter((seat) => seat.same_room && seat.state === "in_room").map((seat) => seat.name);
  }

  #call() {
    this.on.asked();
    const busy = document.activeElement instanceof HTMLTextAreaElement;
    if (!busy) one(this.panel, "[data-title]").focus({ preventScroll: true });
    this.panel.scrollIntoView({ block: "nearest" });
  }

  /** @param {boolean} accept */
  #answer(accept) {
    const asked = this.#state?.caucuses.find((caucus) => caucus.asked);
    if (asked) this.on.send({ type: "caucus_answer", caucus: asked.id, accept });
  }

  #back() {
    const inside = this.#state?.caucuses.find((caucus) => caucus.inside);
    if (!this.neutral) this.on.send({ type: "come_together" });
    else if (inside) this.#step(inside, "end");
  }

  /** The seconds that are left, for the eye only. */
  #count() {
    const asked = this.#state?.caucuses.find((caucus) => caucus.asked);
    const own = one(this.panel, "[data-left]");
    show(own, !!asked);
    if (asked?.expires_at) mark(own, "data-until", asked.expires_at);
    for (const clock of all(document, "[data-until]")) {
      const left = Math.max(0, Math.ceil((Date.parse(clock.dataset.until ?? "") - Date.now() - this.#ahead) / 1000));
      write(clock, this.words.say("apart.left", { n: left }));
    }
  }

  // ---- the mediator

  /** @param {State} state */
  #desk(state) {
    if (!this.list) return;
    show(this.list, state.caucuses.length > 0);
    keep(
      this.list,
      state.caucuses,
      (caucus) => caucus.id,
      () => copy(this.list?.parentElement ?? document, "caucus"),
      (item, caucus) => this.#caucus(item, caucus),
    );
  }

  /**
   * @param {HTMLElement} item
   * @param {CaucusView} caucus
   */
  #caucus(item, caucus) {
    mark(item, "data-inside", String(caucus.inside));
    write(one(item, "[data-name]"), this.#names(caucus));
    const asked = caucus.guests.filter((guest) => guest.answer === "asked").map((guest) => guest.name);
    const running = caucus.inside ? "apart.state.inside" : "apart.state.running";
    write(one(item, "[data-state-words]"), this.words.say(caucus.state === "running" ? running : "apart.state.inviting"));
    write(one(item, "[data-asked]"), asked.length ? this.words.say("apart.state.asked", { names: this.words.list(asked) }) : "");
    const clock = one(item, "[data-clock]");
    show(clock, !!caucus.expires_at);
    if (caucus.expires_at) mark(clock, "data-until", caucus.expires_at);
    show(one(item, "[data-locked]"), caucus.state === "running" && caucus.locked);
    const steps = STEPS.filter((step) => caucus.steps.includes(step));
    keep(one(item, "[data-steps]"), steps, String, (step) => this.#button(step, caucus.id), () => undefined);
  }

  /**
   * @param {(typeof STEPS)[number]} step
   * @param {string} id
   */
  #button(step, id) {
    const button = copy(this.list?.parentElement ?? document, `caucus-${step}`);
    button.addEventListener("click", () => {
      const caucus = this.#state?.caucuses.find((one) => one.id === id);
      if (caucus) this.#step(caucus, step);
    });
    return button;
  }

  /**
   * @param {CaucusView} caucus
   * @param {(typeof STEPS)[number]} step
   */
  #step(caucus, step) {
    if (step === "invite") {
      this.#ask({ caucus: caucus.id, seats: [] }, this.#names(caucus));
      return;
    }
    const act = () => {
      if (step === "withdraw") this.#takenBack.add(caucus.id);
      this.on.send({ type: "caucus", step, caucus: caucus.id });
    };
    if (AT_ONCE.includes(step)) act();
    else this.#confirm(step, this.#names(caucus), act);
  }

  /** Ask somebody to talk apart, after a look at who would hear whom. @param {SeatView} seat */
  ask(seat) {
    this.#ask({ caucus: null, seats: [seat.id] }, seat.name);
  }

  /** @param {Asking} asking @param {string} name */
  #ask(asking, name) {
    if (!this.dialog || !this.#state) return;
    const more = this.#state.seats.filter((seat) => seat.may_be_asked && !asking.seats.includes(seat.id));
    const chosen = () => [...asking.seats, ...all(dialog, ":checked").map((box) => box.dataset.seat ?? "")];
    const dialog = this.dialog;
    this.#confirm(asking.caucus ? "invite" : "ask", name, () => {
      const seats = chosen();
      if (seats.length) this.on.send({ type: "caucus_invite", seats, caucus: asking.caucus });
    });
    show(one(dialog, "[data-more]"), more.length > 0);
    const list = one(dialog, "[data-more-list]");
    list.replaceChildren();
    keep(list, more, (seat) => seat.id, () => copy(dialog, "more"), (item, seat) => {
      const box = one(item, "input");
      mark(box, "data-seat", seat.id);
      write(one(item, "[data-name]"), seat.name);
      write(one(item, "[data-role]"), roleOf(seat, this.words));
      box.addEventListener("change", () => {
        const names = this.#state?.seats.filter((one) => chosen().includes(one.id)).map((one) => one.name) ?? [];
        if (names.length && !asking.caucus) this.#sentence("ask", this.words.list(names));
      });
    });
  }

  /**
   * Nobody is moved without their name having been read.
   *
   * @param {string} what
   * @param {string} name
   * @param {() => void} act
   */
  #confirm(what, name, act) {
    if (!this.dialog) return;
    this.#confirmed = act;
    this.#sentence(what, name);
    show(one(this.dialog, "[data-more]"), false);
    this.dialog.showModal();
  }

  /** @param {string} what @param {string} name */
  #sentence(what, name) {
    if (!this.dialog) return;
    for (const part of ["title", "text", "confirm"]) {
      write(one(this.dialog, `[data-${part}]`), this.words.say(`move.${what}.${part}`, { name }));
    }
  }

  /** @param {CaucusView} caucus */
  #names(caucus) {
    return this.words.list(caucus.guests.map((guest) => guest.name));
  }

  /**
   * Whoever said no, or said nothing: the mediator hears it once.
   *
   * @param {State} before
   * @param {State} now
   */
  #refusals(before, now) {
    const open = new Set(now.caucuses.map((caucus) => caucus.id));
    return before.caucuses
      .filter((caucus) => caucus.state === "inviting" && !open.has(caucus.id) && !this.#takenBack.has(caucus.id))
      .map((caucus) => {
        const late = caucus.expires_at && now.now >= caucus.expires_at;
        return this.words.say(late ? "apart.no_answer" : "apart.said_no", { names: this.#names(caucus) });
      });
  }
}

/** @param {CaucusView} caucus @param {State} state */
function notYet(caucus, state) {
  return caucus.guests
    .filter((guest) => guest.answer === "asked" && guest.seat !== state.you.seat)
    .map((guest) => guest.name);
}
