// @entry resident hearing
/**
 * On every page of a visit at a station's screen: the way out, the question after long quiet, and the wiping.
 *
 * Nothing waits for the network: the page is empty at once, and then says so to the server until it is heard. Pages
 * follow each other with location.replace, so that there is nothing to go back to.
 */
import { into } from "../hearings/devices.js";
import { sendInPlace } from "./forms.js";
import { sayOffline } from "./network.js";

const ASK_MS = 5000;
const AGAIN_MS = 3000;
const TOUCHES = ["pointerdown", "keydown", "wheel", "touchstart"];

/** @param {HTMLElement} element */
export function start(element) {
  const ask = /** @type {HTMLDialogElement} */ (element.querySelector("[data-ask]"));
  const left = /** @type {HTMLElement} */ (element.querySelector("[data-left]"));
  const goodbye = /** @type {HTMLTemplateElement} */ (element.querySelector("[data-goodbye]"));
  const home = element.dataset.homeUrl ?? "/";
  const warning = Number(element.dataset.warning) * 1000;
  let quiet = Number(element.dataset.quiet) * 1000;
  let touchedAt = Date.now();
  let told = touchedAt;
  let over = false;

  for (const name of TOUCHES) {
    addEventListener(name, () => ask.open || (touchedAt = Date.now()), { capture: true, passive: true });
  }
  ask.addEventListener("close", () => (touchedAt = Date.now()));
  ask.addEventListener("cancel", (event) => event.preventDefault());
  element.querySelector("[data-here]")?.addEventListener("click", () => ask.close());
  for (const form of element.querySelectorAll("form[data-finish]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      wipe("finished");
    });
  }
  addEventListener("pageshow", (event) => event.persisted && wipe("quiet"));
  document.addEventListener("click", (event) => void follow(event));
  addEventListener("offline", () => sayOffline(true));
  addEventListener("online", () => void still());
  document.addEventListener("submit", (event) => void sendInPlace(event, () => wipe("quiet")));
  const chosen = JSON.parse(element.dataset.media ?? "{}");
  const loud = (/** @type {Event} */ { target }) => void (target instanceof HTMLMediaElement && into(target, chosen));
  document.addEventListener("play", loud, { capture: true });
  setInterval(tick, 1000);
  setInterval(() => void still(), ASK_MS);

  function tick() {
    if (over) return;
    const rest = touchedAt + quiet + warning - Date.now();
    if (rest <= 0) wipe("quiet");
    else if (rest <= warning) {
      left.textContent = String(Math.ceil(rest / 1000));
      if (!ask.open) ask.showModal();
    }
  }

  /** @returns {Promise<boolean>} whether the server was heard and the visit goes on */
  async function still() {
    if (over) return false;
    const body = new URLSearchParams(touchedAt > told ? { touched: "1" } : {});
    const asked = Date.now();
    try {
      const answer = await post(element.dataset.stillUrl ?? "", body);
      if (answer.ok) {
        quiet = (await answer.json()).quiet * 1000;
        told = asked;
      } else if (answer.status === 404) wipe("quiet");
      sayOffline(false);
      return answer.ok;
    } catch {
      sayOffline(true); // the countdown runs on here, and on the server
      return false;
    }
  }

  /**
   * Pages replace each other, once the server can be reached: the browser's own page of faults counts no time.
   *
   * @param {MouseEvent} event
   */
  async function follow(event) {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented || link.getAttribute("href")?.startsWith("#")) return;
    event.preventDefault();
    if (link.origin === location.origin && (await still())) location.replace(link.href);
  }

  /** @param {string} why */
  function wipe(why) {
    if (over) return;
    over = true;
    dispatchEvent(new Event("station:wipe"));
    for (const media of document.querySelectorAll("video, audio")) {
      if (media instanceof HTMLMediaElement) media.srcObject = null;
    }
    const said = goodbye.content.cloneNode(true);
    document.title = goodbye.dataset.title ?? "";
    document.body.replaceChildren(said);
    void tell(why);
  }

  /** @param {string} why */
  async function tell(why) {
    try {
      const answer = await post(element.dataset.finishUrl ?? "", new URLSearchParams({ why }));
      // A token that was forgotten already means: somebody else's visit was ended before, and the first page ends ours.
      if (answer.status < 500) {
        location.replace(home);
        return;
      }
    } catch {
      sayOffline(true); // said again below; the server ends the visit by itself too
    }
    setTimeout(() => void tell(why), AGAIN_MS);
  }
}

/**
 * @param {string} url
 * @param {URLSearchParams} body
 */
function post(url, body) {
  const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
  return fetch(url, {
    method: "POST",
    body,
    headers: { Accept: "application/json", "X-CSRFToken": token },
    signal: AbortSignal.timeout(ASK_MS),
  });
}
