/**
 * Other people's pictures, names and signs; the own picture small beside them.
 *
 * @typedef {import("../messages.js").State} State
 * @typedef {import("../messages.js").SeatView} SeatView
 * @typedef {import("./media_slots.js").Incoming} Incoming
 * @typedef {import("./words.js").Words} Words
 */
import { copy, keep, mark, one, play, show, write } from "./dom.js";
import { present } from "./truth.js";

export class Tiles {
  /**
   * @param {HTMLElement} room
   * @param {Words} words
   * @param {() => void} blocked the browser wants a touch before it plays sound
   */
  constructor(room, words, blocked) {
    this.room = room;
    this.words = words;
    this.blocked = blocked;
    this.list = one(room, "[data-tiles]");
    this.own = one(room, "[data-own]");
  }

  /**
   * @param {State} state
   * @param {Map<string, Incoming>} incoming
   * @param {string} large the seat that is shown large; empty: all alike
   */
  draw(state, incoming, large) {
    const seats = present(state);
    mark(this.list, "data-n", String(seats.length));
    mark(this.list, "data-large", seats.some((seat) => seat.id === large) ? "one" : "");
    show(one(this.room, "[data-alone]"), seats.length === 0);
    keep(
      this.list,
      seats,
      (seat) => seat.id,
      () => copy(this.room, "tile"),
      (tile, seat) => {
        mark(tile, "data-size", seat.id === large ? "large" : "");
        this.#tile(tile, seat, incoming.get(seat.id));
      },
    );
  }

  /**
   * @param {State} state
   * @param {MediaStream | null} picture
   */
  drawOwn(state, picture) {
    const on = state.you.camera_on && !!picture;
    play(/** @type {HTMLVideoElement} */ (one(this.own, "video")), on ? picture : null);
    mark(this.own, "data-picture", on ? "on" : "off");
    show(one(this.own, "[data-muted]"), state.you.muted || !state.you.mic_on);
    show(one(this.own, "[data-hand]"), !!state.you.hand_raised_at);
    write(one(this.own, "[data-hand-place]"), state.you.hand_place ? String(state.you.hand_place) : "");
    show(one(this.own, "[data-spotlit]"), state.you.spotlit);
    show(one(this.own, "[data-no-picture]"), !on);
  }

  /** Play again what the browser had blocked; called from a person's touch. */
  unblock() {
    for (const voice of this.list.querySelectorAll("audio")) play(voice, /** @type {MediaStream} */ (voice.srcObject));
  }

  /**
   * @param {HTMLElement} tile
   * @param {SeatView} seat
   * @param {Incoming | undefined} incoming
   */
  #tile(tile, seat, incoming) {
    const here = seat.state === "in_room";
    const pictured = here && (seat.camera_on || seat.sharing) && !!incoming?.video;
    mark(tile, "data-sharing", String(seat.sharing));
    show(one(tile, "[data-screen-of]"), here && seat.sharing);
    mark(tile, "data-seat", seat.id);
    mark(tile, "data-picture", pictured ? "on" : "off");
    play(/** @type {HTMLAudioElement} */ (one(tile, "audio")), incoming?.sound ?? null, this.blocked);
    play(/** @type {HTMLVideoElement} */ (one(tile, "video")), incoming?.picture ?? null);
    write(one(tile, "[data-initial]"), seat.name.slice(0, 1));
    write(one(tile, "[data-name]"), seat.name);
    write(one(tile, "[data-role]"), roleOf(seat, this.words));
    show(one(tile, "[data-lost]"), !here);
    show(one(tile, "[data-muted]"), here && (seat.muted || !seat.mic_on || seat.microphone !== "ok"));
    show(one(tile, "[data-hand]"), !!seat.hand_raised_at);
    show(one(tile, "[data-spotlit]"), seat.spotlit);
    show(one(tile, "[data-no-picture]"), here && !pictured);
    show(one(tile, "[data-line]"), here && (seat.line === "poor" || (seat.camera_on && !seat.sends_picture)));
    show(one(tile, "[data-reads]"), here && seat.receives === "text");
  }
}

/**
 * @param {SeatView} seat
 * @param {Words} words
 */
export function roleOf(seat, words) {
  return words.say(`part.${seat.part}`) || words.say(`role.${seat.role}`);
}
