// @entry resident
/**
 * The first page of a station's screen and the waiting area's board: what changes is asked for every few seconds, and
 * a visit begins without a step in the browser's history.
 */
import { sayOffline } from "./network.js";

const ASK_MS = 4000;

/** @param {HTMLElement} element */
export function start(element) {
  const now = /** @type {HTMLElement} */ (element.querySelector("[data-now]"));
  let last = now.innerHTML;
  const asking = setInterval(() => void ask(), ASK_MS);
  element.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("[data-begin]")) return;
    event.preventDefault();
    void begin(form);
  });
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  return () => clearInterval(asking);

  async function ask() {
    try {
      const answer = await fetch(element.dataset.nowUrl ?? "", { signal: AbortSignal.timeout(ASK_MS) });
      if (answer.status === 404) location.reload();
      sayOffline(false);
      if (!answer.ok) return;
      dispatchEvent(new CustomEvent("station:time", { detail: answer.headers.get("X-Station-Time") }));
      const html = await answer.text();
      if (html === last) return;
      last = html;
      now.innerHTML = html;
    } catch {
      sayOffline(true); // the next question comes soon
    }
  }
}

/** @param {HTMLFormElement} form */
async function begin(form) {
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if (answer.redirected) {
      location.replace(answer.url);
      return;
    }
  } catch {
    // Sent as a form, the browser says what is wrong.
  }
  form.submit();
}
