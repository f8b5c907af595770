/**
 * The code that moves this seat to another device: made when it is asked for, because it works once and not for long.
 *
 * @typedef {import("./words.js").Words} Words
 */
import { one, show, write } from "./dom.js";

export class SecondDevice {
  /**
   * @param {HTMLElement} room
   * @param {Words} words
   */
  constructor(room, words) {
    this.room = room;
    this.words = words;
    this.address = room.dataset.deviceUrl ?? "";
  }

  async open() {
    const dialog = /** @type {HTMLDialogElement} */ (one(this.room, "[data-device-dialog]"));
    const picture = /** @type {HTMLImageElement} */ (one(dialog, "[data-device-code]"));
    show(picture, false);
    write(one(dialog, "[data-device-text]"), this.words.say("device.wait"));
    dialog.showModal();
    const csrf = document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
    try {
      const answer = await fetch(this.address, { method: "POST", headers: { "X-CSRFToken": csrf, Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const { code, text } = await answer.json();
      picture.src = code;
      show(picture, true);
      write(one(dialog, "[data-device-text]"), text);
    } catch {
      write(one(dialog, "[data-device-text]"), this.words.say("problem.unknown"));
    }
  }
}
