/**
 * What this person gets of the others: all, sound alone, text alone. Says what a slow line is spared, and lets the
 * person choose less by themselves.
 *
 * @typedef {import("../messages.js").State} State
 * @typedef {import("../messages.js").Receive} Receive
 * @typedef {import("./words.js").Words} Words
 * @typedef {Receive["what"]} What
 */
import { all, mark, one, show, write } from "./dom.js";

/** For as long as the tab is open: a reload on a slow line must not begin with pictures. */
const KEPT = "hearing-receive";

export class Reception {
  /**
   * @param {HTMLElement} room
   * @param {Words} words
   * @param {{ send: (message: Receive) => void, silence: (microphone: boolean) => void }} on `silence`: the own camera
   *   goes off too, and the microphone where it says so
   */
  constructor(room, words, on) {
    this.room = room;
    this.words = words;
    this.on = on;
    this.dialog = /** @type {HTMLDialogElement} */ (one(room, "[data-receive-dialog]"));
    for (const button of all(room, '[data-do="receive"]')) button.addEventListener("click", () => this.dialog.showModal());
    for (const button of all(room, "[data-receive]")) {
      button.addEventListener("click", () => this.#choose(/** @type {What} */ (button.dataset.receive)));
    }
  }

  /** A new line: what was chosen holds on. */
  begin() {
    const what = /** @type {What | null} */ (sessionStorage.getItem(KEPT));
    if (what && what !== "all") this.on.send({ type: "receive", what });
  }

  /** @param {What} what */
  #choose(what) {
    sessionStorage.setItem(KEPT, what);
    this.on.send({ type: "receive", what });
    if (what !== "all") this.on.silence(what === "text");
  }

  /** @param {State} state */
  draw({ you }) {
    const sentence = spared(you);
    const line = one(this.room, "[data-spared]");
    show(line, sentence !== "");
    write(one(line, "[data-spared-text]"), sentence && this.words.say(sentence));
    show(one(line, '[data-receive="all"]'), you.wants !== "all");
    for (const button of all(this.dialog, "[data-receive]")) {
      mark(button, "aria-pressed", String(button.dataset.receive === you.wants));
    }
  }
}

/**
 * The sentence for what is left out now; empty while nothing is.
 *
 * @param {State["you"]} you
 */
export function spared(you) {
  if (you.wants !== "all") return `spared.${you.wants}`;
  const unseen = you.camera_on && !you.sends_picture;
  if (you.receives !== "all") return unseen ? "spared.both" : "spared.line";
  return unseen ? "spared.unseen" : "";
}
