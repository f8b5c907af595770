// @entry resident hearing
import { sayOffline } from "./network.js";

/** Forms of a visit leave no step in the history, which would keep what was typed and drawn and send it once more. */

/** @type {WeakSet<HTMLFormElement>} */
const underWay = new WeakSet();

/**
 * What is answered stands in the place of this page, also a form that is sent back.
 *
 * @param {SubmitEvent} event
 * @param {() => void} over what happens when the visit is over
 */
export async function sendInPlace(event, over) {
  const form = event.target;
  if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.method !== "post") return;
  event.preventDefault();
  if (underWay.has(form)) return;
  underWay.add(form);
  try {
    const body = new FormData(form, event.submitter);
    const answer = await fetch(form.action, { method: "POST", body });
    if (answer.status === 404) over();
    else show(await answer.text(), answer.url);
  } catch {
    sayOffline(true); // all that was typed and drawn stays where it is, to be sent again
  } finally {
    underWay.delete(form);
  }
}

/**
 * @param {string} html
 * @param {string} url of the page that was answered
 */
function show(html, url) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const [main, next] = [document.querySelector("main"), page.querySelector("main")];
  if (!main || !next || !page.querySelector('[data-module~="stations/visit"]')) {
    location.replace(url);
    return;
  }
  for (const element of main.querySelectorAll("[data-module]")) {
    element.dispatchEvent(new Event("htmx:beforeCleanupElement", { bubbles: true }));
  }
  main.replaceWith(next);
  document.title = page.title;
  history.replaceState(null, "", url);
  next.dispatchEvent(new Event("htmx:load", { bubbles: true }));
  scrollTo(0, 0);
}
