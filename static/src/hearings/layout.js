/**
 * How the faces are laid out: each viewer's own choice, kept for the next time; the mediator's spotlight goes before it.
 *
 * @typedef {import("../messages.js").State} State
 * @typedef {"everyone" | "speaker"} Kind
 */
import { all, mark, show } from "./dom.js";
import { present } from "./truth.js";

const KEPT = "hearing-layout";
const LISTEN_EVERY_MS = 300;
/** Sound of a voice, 0 to 1; a quiet room stays under it. */
const VOICE = 0.02;
/** Another voice must be the loudest so often in a row before the faces change places: a cough moves nobody. */
const IN_A_ROW = 4;

export class Layout {
  /** @type {Kind} */
  #kind = kept();
  /** @type {State | null} */
  #state = null;
  #speaker = "";
  /** A screen is there and the viewer wants it large: so until they choose otherwise. */
  #document = false;
  #screen = false;
  #next = { seat: "", times: 0 };

  /**
   * @param {HTMLElement} room
   * @param {(seat: string) => number} loudness 0 to 1
   * @param {() => void} changed
   */
  constructor(room, loudness, changed) {
    this.loudness = loudness;
    this.changed = changed;
    this.boxes = /** @type {HTMLInputElement[]} */ (all(room, "input[name=layout]"));
    for (const box of this.boxes) box.addEventListener("change", () => this.#choose(/** @type {Kind | "document"} */ (box.value)));
    this.#show();
    this.listening = setInterval(() => this.#listen(), LISTEN_EVERY_MS);
  }

  stop() {
    clearInterval(this.listening);
  }

  /** The seat that is shown large; empty: all alike. @param {State} state */
  large(state) {
    this.#state = state;
    const there = present(state);
    const screen = there.find((seat) => seat.sharing);
    this.#screenCame(!!screen);
    if (screen && this.#document) return screen.id;
    const spotlit = there.find((seat) => seat.spotlit);
    if (spotlit) return spotlit.id;
    if (this.#kind === "everyone" || there.length < 2) return "";
    const speaker = there.find((seat) => seat.id === this.#speaker) ?? there.find((seat) => seat.role === "neutral");
    return (speaker ?? there[0])?.id ?? "";
  }

  /** A screen that comes is large at once; when it goes, the faces lie as chosen before. @param {boolean} there */
  #screenCame(there) {
    if (there === this.#screen) return;
    this.#screen = this.#document = there;
    this.#show();
  }

  /** @param {Kind | "document"} kind */
  #choose(kind) {
    this.#document = kind === "document";
    if (kind !== "document") this.#keep(kind);
    this.#show();
    this.changed();
  }

  /** @param {Kind} kind */
  #keep(kind) {
    this.#kind = kind;
    try {
      localStorage.setItem(KEPT, kind);
    } catch {
      // Private windows of some browsers keep nothing: the choice holds for this visit.
    }
  }

  #show() {
    for (const box of this.boxes) {
      box.checked = box.value === (this.#document ? "document" : this.#kind);
      if (box.value === "document" && box.parentElement) show(box.parentElement, this.#screen);
      if (box.parentElement) mark(box.parentElement, "data-chosen", String(box.checked));
    }
  }

  #listen() {
    if (this.#kind !== "speaker" || !this.#state) return;
    let [loudest, most] = ["", VOICE];
    for (const seat of present(this.#state)) {
      const now = this.loudness(seat.id);
      if (now > most) [loudest, most] = [seat.id, now];
    }
    if (!loudest || loudest === this.#speaker) {
      this.#next = { seat: "", times: 0 };
      return;
    }
    this.#next = { seat: loudest, times: this.#next.seat === loudest ? this.#next.times + 1 : 1 };
    if (this.#next.times < IN_A_ROW) return;
    this.#speaker = loudest;
    this.changed();
  }
}

/** @returns {Kind} */
function kept() {
  try {
    return localStorage.getItem(KEPT) === "speaker" ? "speaker" : "everyone";
  } catch {
    return "everyone";
  }
}
