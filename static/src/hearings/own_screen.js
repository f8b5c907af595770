/**
 * One's own screen for the others: taken first, shown only when `live` says so, stopped when it does not.
 *
 * @typedef {import("../messages.js").State} State
 */
import { all, mark, show } from "./dom.js";

/** A page of text changes seldom; few pictures a second leave the bits to sharpness. */
const SCREEN = { video: { frameRate: { ideal: 5, max: 10 } }, audio: false };
/** Told nothing for so long, the others do not see it: given up. */
const ANSWER_MS = 5000;

export class OwnScreen {
  /** @type {MediaStreamTrack | null} */
  #track = null;
  #shown = false;
  /** @type {number | undefined} */
  #waiting;

  /**
   * @param {(on: boolean) => boolean} send
   * @param {() => void} changed
   */
  constructor(send, changed) {
    this.send = send;
    this.changed = changed;
    for (const button of all(document, '[data-do="share"]')) show(button, OwnScreen.possible());
  }

  static possible() {
    return typeof navigator.mediaDevices?.getDisplayMedia === "function";
  }

  /** What the others see instead of the camera now. */
  get track() {
    return this.#shown ? this.#track : null;
  }

  async toggle() {
    if (this.#track) {
      this.send(false);
      this.stop();
      this.changed();
      return;
    }
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia(SCREEN);
      this.#track = stream.getVideoTracks()[0] ?? null;
    } catch {
      return; // the person chose no screen after all
    }
    if (!this.#track) return;
    this.#track.contentHint = "detail";
    this.#track.onended = () => {
      this.send(false);
      this.stop();
      this.changed();
    };
    if (!this.send(true)) this.stop();
    this.#waiting = setTimeout(() => {
      if (!this.#shown) this.stop();
    }, ANSWER_MS);
  }

  /** @param {State["you"]} you */
  draw(you) {
    if (this.#shown && !you.sharing) this.stop();
    this.#shown = you.sharing && !!this.#track;
    // After a reload the screen is not there any more: nobody shall believe that it is shown.
    if (you.sharing && !this.#track) this.send(false);
    for (const button of all(document, '[data-do="share"]')) {
      mark(button, "aria-pressed", String(this.#shown));
      mark(button, "aria-disabled", String(!this.#shown && !you.steps.includes("share")));
    }
  }

  stop() {
    clearTimeout(this.#waiting);
    this.#track?.stop();
    this.#track = null;
    this.#shown = false;
  }
}
