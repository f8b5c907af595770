/**
 * The mediator's desk: who is there, and the steps that are possible now with each and with the hearing.
 *
 * @typedef {import("../messages.js").State} State
 * @typedef {import("../messages.js").SeatView} SeatView
 * @typedef {import("../messages.js").SeatCommand} SeatCommand
 * @typedef {import("../messages.js").HearingCommand} HearingCommand
 * @typedef {import("../messages.js").RoomCommand} RoomCommand
 * @typedef {import("./words.js").Words} Words
 */
import { copy, keep, mark, one, show, write } from "./dom.js";
import { roleOf } from "./tiles.js";

/** The steps with one seat, in the order of their buttons; the first is the one to take. */
const SEAT_STEPS = /** @type {const} */ ([
  "seen_signal", "admit", "lower_hand", "apart", "mute", "lock_mute", "unmute", "stop_share", "let_show", "stop_show", "spotlight", "unspotlight", "dismiss",
]);
const HEARING_STEPS = /** @type {const} */ ([
  "open", "start", "stop_count", "resume", "pause", "suspend", "close", "reopen",
]);

/** The steps with everybody in one's own room. */
const ROOM_STEPS = /** @type {const} */ (["lower_hands", "mute_all", "lock_all", "unmute_all"]);

export class Desk {
  /**
   * @param {HTMLElement} panel
   * @param {Words} words
   * @param {{ seat: (step: SeatCommand["step"], seat: string) => void, apart: (seat: SeatView) => void,
   *           room: (step: RoomCommand["step"]) => void,
   *           hearing: (step: HearingCommand["step"]) => void, sure: (step: "close" | "suspend") => void }} on
   */
  constructor(panel, words, on) {
    this.panel = panel;
    this.words = words;
    this.on = on;
    this.list = one(panel, "[data-seats]");
    this.steps = one(panel, "[data-hearing-steps]");
  }

  /** @param {State} state */
  draw(state) {
    const runs = state.you.role === "neutral";
    show(this.panel, runs);
    for (const link of document.querySelectorAll(".bar__desk")) show(/** @type {HTMLElement} */ (link), runs);
    write(one(this.panel, "[data-hearing-state]"), this.words.say(`hearing.${state.hearing.state}`));
    const steps = [
      ...HEARING_STEPS.filter((step) => state.hearing.steps.includes(step)),
      ...ROOM_STEPS.filter((step) => state.hearing.room_steps.includes(step)),
    ];
    keep(this.steps, steps, String, (step) => this.#hearingButton(step), () => undefined);
    write(one(this.panel, "[data-next]"), this.#next(state));
    keep(
      this.list,
      queue(state.seats),
      (seat) => seat.id,
      () => copy(this.panel, "seat"),
      (item, seat) => this.#seat(item, seat),
    );
  }

  /** What the mediator may do next, in a sentence. @param {State} state */
  #next(state) {
    const { hearing, seats } = state;
    if (hearing.steps.includes("open")) return this.words.say("next.open");
    const waiting = seats.filter((seat) => seat.steps.includes("admit")).length;
    if (hearing.state === "open" && hearing.steps.includes("start")) return this.words.say("next.start", { n: waiting });
    if (waiting) return this.words.say("next.admit", { n: waiting });
    if (hearing.state === "scheduled") return this.words.say("next.early", { at: this.words.hour(hearing.opens_at) });
    if (hearing.state === "closed") return this.words.say(hearing.steps.includes("reopen") ? "next.reopen" : "next.closed");
    return "";
  }

  /** @param {HearingCommand["step"] | RoomCommand["step"]} step */
  #hearingButton(step) {
    const button = copy(this.panel, `step-${step}`);
    button.addEventListener("click", () => {
      if (step === "close" || step === "suspend") this.on.sure(step);
      else if (ofRoom(step)) this.on.room(step);
      else this.on.hearing(step);
    });
    return button;
  }

  /**
   * @param {HTMLElement} item
   * @param {SeatView} seat
   */
  #seat(item, seat) {
    mark(item, "data-state", seat.state);
    write(one(item, "[data-name]"), seat.name);
    write(one(item, "[data-role]"), roleOf(seat, this.words));
    write(one(item, "[data-state-words]"), this.#stateWords(seat));
    write(one(item, "[data-devices]"), this.#deviceWords(seat));
    const signal = seat.signalled_at ? this.words.say("seat.signal", { at: this.words.hour(seat.signalled_at) }) : "";
    show(one(item, "[data-signal]"), !!signal);
    write(one(item, "[data-signal]"), signal);
    const steps = SEAT_STEPS.filter((step) => (step === "apart" ? seat.may_be_asked : seat.steps.includes(step)));
    keep(one(item, "[data-steps]"), steps, String, (step) => this.#seatButton(step, seat), () => undefined);
    show(one(item, "[data-hand]"), !!seat.hand_raised_at);
    write(one(item, "[data-hand-place]"), seat.hand_place ? this.words.say("seat.hand", { n: seat.hand_place }) : "");
    show(one(item, "[data-spotlit]"), seat.spotlit);
  }

  /** @param {SeatView} seat */
  #stateWords(seat) {
    if (seat.state === "waiting" && seat.arrived_at) {
      return this.words.say("seat.waiting_since", { at: this.words.hour(seat.arrived_at) });
    }
    if (seat.state === "in_room" && seat.muted) return this.words.say(seat.mute_locked ? "seat.muted" : "seat.muted_open");
    return this.words.say(`seat.${seat.state}`);
  }

  /** Only what is missing: nobody reads that all is well. @param {SeatView} seat */
  #deviceWords(seat) {
    if (seat.state !== "waiting" && seat.state !== "in_room") return "";
    const faults = [];
    if (!["ok", "unchecked"].includes(seat.camera)) faults.push(this.words.say("seat.no_camera"));
    if (!["ok", "unchecked"].includes(seat.microphone)) faults.push(this.words.say("seat.no_microphone"));
    if (seat.line === "fair" || seat.line === "poor") faults.push(this.words.say(`seat.line_${seat.line}`));
    if (seat.receives !== "all") faults.push(this.words.say(`seat.receives_${seat.receives}`));
    if (seat.camera_on && !seat.sends_picture) faults.push(this.words.say("seat.unseen"));
    return faults.join(" · ");
  }

  /**
   * @param {(typeof SEAT_STEPS)[number]} step
   * @param {SeatView} seat
   */
  #seatButton(step, seat) {
    const calls = seat.role === "witness" && (step === "admit" || step === "dismiss");
    const button = copy(this.panel, `${calls ? "witness" : "seat"}-${step}`);
    write(one(button, "[data-of]"), seat.name);
    button.addEventListener("click", () => (step === "apart" ? this.on.apart(seat) : this.on.seat(step, seat.id)));
    return button;
  }
}

/**
 * @param {HearingCommand["step"] | RoomCommand["step"]} step
 * @returns {step is RoomCommand["step"]}
 */
function ofRoom(step) {
  return ROOM_STEPS.some((one) => one === step);
}

/**
 * Raised hands and those who wait come first, each in the order of their coming.
 *
 * @param {SeatView[]} seats
 */
function queue(seats) {
  /** @param {SeatView} seat */
  const rank = (seat) =>
    seat.signalled_at ? -1 : seat.state === "waiting" ? 0 : seat.hand_raised_at ? 1 : seat.state === "in_room" ? 2 : 3;
  /** @param {SeatView} seat */
  const since = (seat) => (seat.state === "waiting" ? seat.arrived_at : seat.hand_raised_at) ?? "";
  return [...seats].sort((a, b) => rank(a) - rank(b) || since(a).localeCompare(since(b)));
}
