// @entry resident staff hearing
/**
 * Keeps a draft on the server: posts the form to data-autosave a few seconds after the last change.
 *
 * `<form data-module="shared/autosave" data-autosave="/draft/...">` with components/autosave_status.html inside.
 * The answer is 204. A failed attempt is tried again, ever more slowly; leaving the page sends what is still unsaved.
 * Files are not sent. A closed tab loses at most the sentence being typed.
 */

const QUIET_MS = 2_000; // after the last key
const LONGEST_MS = 10_000; // while somebody writes without a pause
const RETRY_MS = [3_000, 10_000, 30_000, 60_000];

/** @param {HTMLElement} element */
export function start(element) {
  const url = element.dataset.autosave;
  if (!(element instanceof HTMLFormElement) || !url) return;
  const status = element.querySelector("[data-autosave-status]");
  const draft = new Draft(element, url, status instanceof HTMLElement ? status : null);
  const changed = () => draft.touch();
  const leaving = () => {
    if (document.visibilityState === "hidden") draft.flush();
  };
  const sent = () => draft.end();
  element.addEventListener("input", changed);
  element.addEventListener("change", changed);
  element.addEventListener("submit", sent);
  document.addEventListener("visibilitychange", leaving);
  return () => {
    draft.flush();
    draft.end();
    document.removeEventListener("visibilitychange", leaving);
  };
}

class Draft {
  /** Text last accepted by the server, and when the oldest unsaved change was made (ms, monotonic). */
  #saved;
  #since = 0;
  #timer = 0;
  #failures = 0;
  #sending = false;
  #ended = false;

  /**
   * @param {HTMLFormElement} form
   * @param {string} url
   * @param {HTMLElement | null} status
   */
  constructor(form, url, status) {
    this.form = form;
    this.url = url;
    this.status = status;
    this.#saved = this.#text();
  }

  #text() {
    const fields = [...new FormData(this.form)].filter(([, value]) => typeof value === "string");
    return new URLSearchParams(/** @type {[string, string][]} */ (fields)).toString();
  }

  touch() {
    const now = performance.now();
    if (!this.#since) this.#since = now;
    this.#after(Math.max(0, Math.min(QUIET_MS, this.#since + LONGEST_MS - now)));
  }

  /** @param {number} ms */
  #after(ms) {
    clearTimeout(this.#timer);
    if (!this.#ended) this.#timer = setTimeout(() => this.#save(), ms);
  }

  async #save() {
    const text = this.#text();
    if (this.#sending || this.#ended || text === this.#saved) return;
    this.#sending = true;
    this.#since = 0;
    this.#say("saving");
    try {
      const answer = await fetch(this.url, { method: "POST", body: new URLSearchParams(text), redirect: "error" });
      if (!answer.ok) throw new Error(`draft answered ${answer.status}`);
      this.#saved = text;
      this.#failures = 0;
      this.#say("saved");
      if (this.#text() !== text) this.touch();
    } catch {
      this.#say("failed");
      this.#after(RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)] ?? 60_000);
    } finally {
      this.#sending = false;
    }
  }

  /** Leaving: a beacon outlives the page. */
  flush() {
    const text = this.#text();
    if (this.#ended || text === this.#saved) return;
    if (navigator.sendBeacon(this.url, new URLSearchParams(text))) this.#saved = text;
  }

  end() {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  /** @param {"saving" | "saved" | "failed"} what */
  #say(what) {
    const template = this.status?.dataset[what];
    if (!this.status || !template) return;
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    this.status.textContent = template.replace("{time}", time);
  }
}
