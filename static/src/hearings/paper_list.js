/**
 * Choosing a paper to show: the page of one's papers, fetched into a dialog and sent as it is.
 *
 * @typedef {import("./words.js").Words} Words
 */
import { all, one, write } from "./dom.js";

export class PaperList {
  /**
   * @param {HTMLElement} room
   * @param {Words} words
   */
  constructor(room, words) {
    this.words = words;
    this.address = room.dataset.papersUrl ?? "";
    this.dialog = /** @type {HTMLDialogElement} */ (one(room, "[data-papers-dialog]"));
    this.body = one(this.dialog, "[data-papers-body]");
    for (const button of all(room, '[data-do="papers"]')) button.addEventListener("click", () => this.open());
    this.body.addEventListener("submit", (event) => {
      event.preventDefault();
      const form = /** @type {HTMLFormElement} */ (event.target);
      void this.#load(new FormData(form, event.submitter));
    });
  }

  open() {
    write(this.body, this.words.say("device.wait"));
    this.dialog.showModal();
    void this.#load();
  }

  /** @param {FormData} [sent] */
  async #load(sent) {
    this.body.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(this.address, sent ? { method: "POST", body: sent } : {});
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const part = page.querySelector("[data-papers-list]");
      if (part?.hasAttribute("data-shown")) this.dialog.close();
      else if (part) this.body.replaceChildren(document.adoptNode(part));
      else write(this.body, this.words.say("problem.unknown"));
    } catch {
      write(this.body, this.words.say("news.not_sent"));
    } finally {
      this.body.setAttribute("aria-busy", "false");
    }
  }
}
