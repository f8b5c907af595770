/**
 * The seconds before the beginning: seen and heard by all, by the server's clock.
 *
 * @typedef {import("../messages.js").State} State
 * @typedef {import("./words.js").Words} Words
 */
import { one, show, write } from "./dom.js";

const LOOK_EVERY_MS = 200;

export class Countdown {
  #begins = 0;
  #shown = 0;
  /** The server's clock is ahead of this device's by so many ms. */
  #ahead = 0;
  /** @type {number | undefined} */
  #looking;

  /**
   * @param {HTMLElement} room
   * @param {Words} words
   * @param {() => void} tick
   */
  constructor(room, words, tick) {
    this.place = one(room, "[data-countdown]");
    this.words = words;
    this.tick = tick;
  }

  /** @param {State} state */
  draw(state) {
    this.#ahead = Date.parse(state.now) - Date.now();
    const { begins_at } = state.hearing;
    show(this.place, !!begins_at);
    this.#begins = begins_at ? Date.parse(begins_at) : 0;
    if (!begins_at) this.stop();
    else if (!this.#looking) {
      this.#shown = 0;
      this.#look();
      this.#looking = setInterval(() => this.#look(), LOOK_EVERY_MS);
    }
  }

  stop() {
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  #look() {
    const left = Math.max(0, Math.ceil((this.#begins - Date.now() - this.#ahead) / 1000));
    if (left === this.#shown) return;
    this.#shown = left;
    write(this.place, this.words.say("countdown.left", { n: left }));
    this.tick();
  }
}
