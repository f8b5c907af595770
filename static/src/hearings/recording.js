/**
 * Being recorded: the banner says what the engine does, the question is answered by each person for themselves, the
 * mediator's buttons ask, start, pause and stop.
 *
 * @typedef {import("../messages.js").State} State
 * @typedef {import("../messages.js").RecordingView} RecordingView
 * @typedef {import("../messages.js").ClientMessage} ClientMessage
 * @typedef {import("../messages.js").RecordCommand} RecordCommand
 * @typedef {import("../messages.js").ConsentAnswer} ConsentAnswer
 * @typedef {import("./words.js").Words} Words
 */
import { all, copy, keep, mark, one, show, write } from "./dom.js";

/** The mediator's steps, in the order of their buttons. */
const STEPS = /** @type {const} */ (["ask", "start", "pause", "resume", "stop"]);

export class Recording {
  /** @type {RecordingView | null} */
  #before = null;

  /**
   * @param {HTMLElement} room
   * @param {Words} words
   * @param {{ send: (message: ClientMessage) => unknown, say: (sentences: string[], urgent?: boolean) => void }} on
   */
  constructor(room, words, on) {
    this.words = words;
    this.on = on;
    this.banner = one(room, "[data-recording]");
    this.question = one(room, "[data-consent]");
    this.own = one(room, "[data-own-consent]");
    this.panel = room.querySelector("[data-recording-desk]");
    const dialog = /** @type {HTMLDialogElement} */ (one(room, "[data-withdraw-dialog]"));
    for (const button of all(room, "[data-consent-step]")) {
      const step = /** @type {ConsentAnswer["step"]} */ (button.dataset.consentStep);
      button.addEventListener("click", () => this.#answer(step));
    }
    one(this.own, "[data-take-back]").addEventListener("click", () => dialog.showModal());
    if (this.panel) {
      const chosen = /** @type {HTMLSelectElement} */ (one(this.panel, "select"));
      this.steps = one(this.panel, "[data-steps]");
      this.purpose = () => /** @type {RecordCommand["purpose"]} */ (chosen.value);
    }
  }

  /**
   * @param {State} state
   * @param {string} line whether the line is open: while it is lost this device sends nothing, and nobody knows
   */
  draw(state, line) {
    const now = state.recording;
    const there = state.you.room !== "waiting" && line === "open";
    const banner = there ? truth(now, this.words) : null;
    show(this.banner, !!banner);
    if (banner) {
      mark(this.banner, "data-tone", banner.tone);
      write(one(this.banner, "[data-text]"), banner.text);
    }
    this.#ask(now, there);
    if (this.panel instanceof HTMLElement) this.#desk(this.panel, now);
    if (this.#before && there) this.#tell(this.#before, now);
    this.#before = now;
  }

  /**
   * @param {RecordingView} now
   * @param {boolean} there
   */
  #ask(now, there) {
    const asked = there && now.consent === "asked";
    const news = asked && this.#before?.consent !== "asked";
    show(this.question, asked);
    write(one(this.question, "[data-title]"), this.words.say(`consent.${now.purpose}.title`));
    write(one(this.question, "[data-text]"), this.words.say(`consent.${now.purpose}.text`));
    show(this.own, there && ["given", "refused", "withdrawn"].includes(now.consent));
    write(one(this.own, "[data-text]"), this.words.say(`consent.${now.consent}`));
    show(one(this.own, "[data-take-back]"), now.steps.includes("withdraw"));
    show(one(this.own, "[data-consent-step=give]"), now.consent !== "given" && now.steps.includes("give"));
    if (!news) return;
    // Who types stays where they are and is told; everybody else is taken to the question, which nothing may cover.
    if (document.activeElement instanceof HTMLTextAreaElement) this.on.say([this.words.say("news.consent_asked")], true);
    else one(this.question, "[data-title]").focus();
  }

  /**
   * @param {HTMLElement} panel
   * @param {RecordingView} now
   */
  #desk(panel, now) {
    const missing = now.consents.filter((row) => row.consent !== "given");
    const names = this.words.list(missing.map((row) => `${row.name} (${this.words.say(`said.${row.consent}`)})`));
    write(one(panel, "[data-said]"), missing.length ? this.words.say("record.missing", { names }) : "");
    write(one(panel, "[data-state]"), truth(now, this.words)?.text ?? this.words.say("record.off"));
    show(one(panel, "[data-purpose]"), now.state === "off");
    const steps = STEPS.filter((step) => now.steps.includes(step));
    if (this.steps) keep(this.steps, steps, String, (step) => this.#button(panel, step), () => undefined);
  }

  /**
   * @param {HTMLElement} panel
   * @param {RecordCommand["step"]} step
   */
  #button(panel, step) {
    const button = copy(panel, `record-${step}`);
    button.addEventListener("click", () => {
      this.on.send({ type: "record", step, ...(this.purpose ? { purpose: this.purpose() } : {}) });
    });
    return button;
  }

  /** @param {ConsentAnswer["step"]} step */
  #answer(step) {
    const purpose = this.#before?.purpose;
    this.on.send({ type: "consent", step, ...(purpose ? { purpose } : {}) });
  }

  /**
   * @param {RecordingView} before
   * @param {RecordingView} now
   */
  #tell(before, now) {
    if (now.alarm && now.alarm !== before.alarm) this.on.say([this.words.say(`record.alarm.${now.alarm}`)], true);
    else if (now.on !== before.on) this.on.say([this.words.say(now.on ? "news.recording" : "news.not_recording")], now.on);
  }
}

/**
 * What is true of the recording now; nothing when it is off and all is well.
 *
 * @param {RecordingView} now
 * @param {Words} words
 * @returns {{ tone: "on" | "warning" | "danger", text: string } | null}
 */
function truth(now, words) {
  if (now.on) return { tone: "on", text: words.say(`record.on.${now.purpose}`) };
  if (now.alarm) return { tone: "danger", text: words.say(`record.alarm.${now.alarm}`) };
  if (now.state === "paused") return { tone: "warning", text: words.say("record.paused") };
  if (now.state === "running") return { tone: "warning", text: words.say(`record.held.${now.held || "soon"}`) };
  return null;
}
