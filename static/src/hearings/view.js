/**
 * Writes the picture of the moment onto the page: which screen, which truth, which buttons.
 *
 * @typedef {import("../messages.js").State} State
 * @typedef {import("./truth.js").Facts} Facts
 * @typedef {import("./truth.js").Screen} Screen
 * @typedef {import("./devices.js").Devices} Devices
 * @typedef {import("./words.js").Words} Words
 */
import { all, mark, one, play, show, write } from "./dom.js";
import { heardBy, screenOf } from "./truth.js";

/** A waiting person hears nothing for a while; what is said twice at once is heard once. */
const SAY_FOR_MS = 6000;

export class View {
  /** @type {Screen | ""} */
  #screen = "";
  /** @type {number | undefined} */
  #quiet;

  /**
   * @param {HTMLElement} room
   * @param {Words} words
   */
  constructor(room, words) {
    this.room = room;
    this.words = words;
  }

  /** @returns {Screen | ""} */
  get screen() {
    return this.#screen;
  }

  /**
   * @param {Facts} facts
   * @param {Devices} devices
   */
  draw(facts, devices) {
    const truth = heardBy(facts, this.words);
    const screen = screenOf(facts);
    const line = one(this.room, "[data-truth]");
    show(line, screen !== "over" && screen !== "connecting");
    mark(line, "data-tone", truth.tone);
    write(one(line, "[data-truth-text]"), truth.text);
    mark(this.room, "data-line", facts.line);
    this.#go(screen);
    if (facts.state) this.#drawState(facts.state, facts, devices);
    if (screen === "over") this.#over(facts);
    if (screen === "connecting") this.#connecting(facts);
  }

  /**
   * Say something to those who listen, once.
   *
   * @param {string[]} sentences
   * @param {boolean} [urgent]
   */
  say(sentences, urgent = false) {
    if (!sentences.length) return;
    const text = sentences.join(" ");
    write(one(this.room, urgent ? "[data-alarm]" : "[data-say]"), text);
    const toast = one(this.room, "[data-toast]");
    write(toast, text);
    show(toast, true);
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      show(toast, false);
      for (const name of ["say", "alarm"]) write(one(this.room, `[data-${name}]`), "");
    }, SAY_FOR_MS);
  }

  /** @param {Screen} screen */
  #go(screen) {
    if (screen === this.#screen) return;
    const first = this.#screen === "";
    this.#screen = screen;
    mark(this.room, "data-at", screen);
    for (const section of all(this.room, "[data-screen]")) show(section, section.dataset.screen === screen);
    // The reader is taken along, unless somebody is typing or the page has just been opened.
    const busy = document.activeElement instanceof HTMLTextAreaElement;
    if (!first && !busy) one(this.room, `[data-screen="${screen}"] [tabindex="-1"]`).focus({ preventScroll: true });
    if (!first) scrollTo({ top: 0 });
  }

  /**
   * @param {State} state
   * @param {Facts} facts
   * @param {Devices} devices
   */
  #drawState(state, facts, devices) {
    for (const element of all(this.room, "[data-hearing-words]")) {
      write(element, this.words.say(`hearing.${state.hearing.state}`));
    }
    this.#waiting(state, devices);
    this.#bar(state, devices);
    const paused = state.hearing.state === "paused" && state.you.room !== "waiting";
    show(one(this.room, "[data-paused]"), paused && facts.line === "open");
  }

  /**
   * @param {State} state
   * @param {Devices} devices
   */
  #waiting(state, devices) {
    const screen = one(this.room, '[data-screen="waiting"]');
    const mediator = state.seats.find((seat) => seat.role === "neutral");
    const here = mediator && ["checking", "waiting", "in_room"].includes(mediator.state);
    const name = mediator?.name ?? "";
    write(one(screen, "[data-mediator]"), this.words.say(here ? "waiting.mediator_here" : "waiting.mediator_away", { name }));
    mark(one(screen, "[data-mediator-item]"), "data-tone", here ? "good" : "calm");
    const n = state.you.n_ahead;
    write(one(screen, "[data-position]"), this.words.say(n ? "waiting.ahead" : "waiting.next", { n }));
    const at = this.words.hour(state.hearing.starts_at);
    write(one(screen, "[data-when]"), this.words.say("waiting.when", { at }));
    const visible = this.#screen === "waiting";
    play(/** @type {HTMLVideoElement} */ (one(screen, "video")), visible ? devices.picture : null);
    show(one(screen, "[data-own-waiting]"), !!devices.video);
    show(one(screen, '[data-do="recheck"]'), state.you.steps.includes("recheck"));
  }

  /**
   * @param {State} state
   * @param {Devices} devices
   */
  #bar(state, devices) {
    const { you } = state;
    this.#toggle("microphone", you.mic_on && !you.muted && !!devices.audio, you.mute_locked);
    this.#toggle("camera", you.camera_on && !!devices.video, false);
    this.#toggle("hand", !!you.hand_raised_at, !you.steps.includes("hand"));
    for (const button of all(this.room, '[data-do="leave"]')) show(button, you.steps.includes("leave"));
  }

  /**
   * A switch says its present state and what a press does; one that cannot work says why.
   *
   * @param {"microphone" | "camera" | "hand"} name
   * @param {boolean} on
   * @param {boolean} stuck
   */
  #toggle(name, on, stuck) {
    for (const button of all(this.room, `[data-do="${name}"]`)) {
      mark(button, "aria-pressed", String(on));
      mark(button, "aria-disabled", String(stuck));
      write(one(button, "[data-text]"), this.words.say(`bar.${name}.${on ? "on" : "off"}`));
    }
  }

  /** @param {Facts} facts */
  #over({ state, ending }) {
    // The end takes everybody out: who is out then has not left by themselves.
    const now = state?.hearing.state;
    const why = now === "cancelled" ? now : ending === "closed" || now === "closed" ? "closed" : (ending ?? "left");
    write(one(this.room, "[data-over-title]"), this.words.say(`over.${why}.title`));
    write(one(this.room, "[data-over-text]"), this.words.say(`over.${why}.text`));
    show(one(this.room, '[data-do="return"]'), why === "left" || why === "replaced" || why === "refused");
    show(one(this.room, "[data-over-home]"), why !== "replaced");
  }

  /** @param {Facts} facts */
  #connecting({ line }) {
    const how = { lost: "again", full: "full" }[String(line)] ?? "first";
    write(one(this.room, "[data-connecting]"), this.words.say(`connecting.${how}`));
  }
}
