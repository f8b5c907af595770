/**
 * The agreement beside the faces: its page's main part, fetched and sent as it is; looked at again while it is open.
 */
import { all, one, show } from "./dom.js";

const LOOK_EVERY_MS = 4000;

export class AgreementPanel {
  #seen = "";
  #busy = false;
  /** @type {number | undefined} */
  #looking;

  /** @param {HTMLElement} room */
  constructor(room) {
    this.room = room;
    this.panel = one(room, "[data-agreement]");
    this.body = one(this.panel, "[data-agreement-body]");
    this.address = this.panel.dataset.address ?? "";
    for (const button of all(room, '[data-do="agreement"]')) button.addEventListener("click", () => this.toggle(this.panel.hidden === true));
    one(this.panel, '[data-do="close-agreement"]').addEventListener("click", () => this.toggle(false));
    this.body.addEventListener("submit", (event) => {
      event.preventDefault();
      const form = /** @type {HTMLFormElement} */ (event.target);
      void this.#load(form.action, new FormData(form, event.submitter));
    });
  }

  /** @param {boolean} open */
  toggle(open) {
    show(this.panel, open);
    for (const button of all(this.room, '[data-do="agreement"]')) {
      button.setAttribute("aria-expanded", String(open));
      if (!open && button.checkVisibility()) button.focus();
    }
    clearInterval(this.#looking);
    if (!open) return;
    one(this.panel, "h2").focus();
    void this.#load(this.address);
    this.#looking = setInterval(() => {
      if (!this.#busy && !this.#writes()) void this.#load(this.address);
    }, LOOK_EVERY_MS);
  }

  stop() {
    clearInterval(this.#looking);
  }

  /** Somebody signs or types in it: nothing is put under their finger. */
  #writes() {
    return !!this.body.querySelector("canvas") || document.activeElement instanceof HTMLInputElement;
  }

  /**
   * @param {string} address
   * @param {FormData} [sent]
   */
  async #load(address, sent) {
    this.#busy = true;
    try {
      const answer = await fetch(address, sent ? { method: "POST", body: sent } : {});
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const part = page.querySelector("[data-talk]");
      // A token of the form is another one each time: it is no news.
      const seen = part?.innerHTML.replace(/name="csrf_token" value="[^"]*"/g, "") ?? "";
      if (part instanceof HTMLElement && (sent || seen !== this.#seen)) this.#put(part, seen);
    } catch {
      // The line is lost: what is shown stays, and is looked at again.
    } finally {
      this.#busy = false;
    }
  }

  /** @param {HTMLElement} part @param {string} seen */
  #put(part, seen) {
    const stood = this.body.contains(document.activeElement);
    for (const old of all(this.body, "[data-module]")) old.dispatchEvent(new CustomEvent("htmx:beforeCleanupElement", { bubbles: true }));
    this.body.replaceChildren(document.adoptNode(part));
    this.#seen = seen;
    this.body.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
    if (stood) this.body.focus({ preventScroll: true });
  }
}
