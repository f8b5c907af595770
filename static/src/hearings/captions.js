/**
 * Captions: what is being said, typed by staff; each viewer shows or hides them, nobody keeps them.
 *
 * @typedef {import("../messages.js").State} State
 */
import { one, show } from "./dom.js";

/** Lines that stay in sight. */
const LINES = 3;

export class Captions {
  #any = false;

  /**
   * @param {HTMLElement} room
   * @param {(text: string) => boolean} send
   */
  constructor(room, send) {
    this.slot = one(room, "[data-captions]");
    this.box = /** @type {HTMLInputElement} */ (one(room, "[data-captions-shown]"));
    this.box.addEventListener("change", () => this.#show());
    this.form = room.querySelector("form[data-caption-form]");
    this.form?.addEventListener("submit", (event) => {
      event.preventDefault();
      const field = /** @type {HTMLInputElement} */ (one(/** @type {HTMLElement} */ (this.form), "input"));
      if (field.value.trim() && send(field.value)) field.value = "";
    });
  }

  /** @param {State} state */
  draw(state) {
    if (this.form instanceof HTMLElement) show(this.form, state.you.steps.includes("caption"));
    if (state.hearing.state !== "in_session" || state.you.room === "waiting") this.#empty();
  }

  /** @param {string} text */
  hear(text) {
    this.#any = true;
    const line = document.createElement("p");
    line.textContent = text;
    this.slot.append(line);
    while (this.slot.childElementCount > LINES) this.slot.firstElementChild?.remove();
    this.#show();
  }

  #empty() {
    this.#any = false;
    this.slot.replaceChildren();
    this.#show();
  }

  #show() {
    show(this.slot, this.#any && this.box.checked);
  }
}
