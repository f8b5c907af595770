/**
 * Starts the behaviours a page asks for with `data-module="<capability>/<behaviour> ..."`.
 *
 * A behaviour gets its element once; it may return a function that ends it, called when htmx removes the element.
 *
 * @typedef {void | (() => void) | Promise<void>} Ended
 * @typedef {Record<string, (element: HTMLElement) => Ended>} Behaviours
 */

/** @type {WeakMap<Element, (() => void)[]>} */
const running = new WeakMap();

/** @param {Behaviours} behaviours */
export function boot(behaviours) {
  const begin = () => {
    document.documentElement.dataset.js = "on";
    scan(document, behaviours);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
  document.addEventListener("htmx:load", (event) => {
    if (event.target instanceof HTMLElement) scan(event.target, behaviours);
  });
  document.addEventListener("htmx:beforeCleanupElement", (event) => {
    if (event.target instanceof Element) end(event.target);
  });
}

/**
 * @param {Document | HTMLElement} root
 * @param {Behaviours} behaviours
 */
function scan(root, behaviours) {
  const elements = [...root.querySelectorAll("[data-module]")];
  if (root instanceof HTMLElement && root.dataset.module) elements.unshift(root);
  for (const element of elements) {
    if (element instanceof HTMLElement && !running.has(element)) begin(element, behaviours);
  }
}

/**
 * @param {HTMLElement} element
 * @param {Behaviours} behaviours
 */
function begin(element, behaviours) {
  /** @type {(() => void)[]} */
  const ends = [];
  running.set(element, ends);
  for (const name of (element.dataset.module ?? "").split(/\s+/).filter(Boolean)) {
    const start = behaviours[name];
    // A page may ask for something another entry carries; the page works without it, a developer should know.
    if (!start) {
      console.warn(`no behaviour ${name} in this bundle`);
      continue;
    }
    const ended = start(element);
    if (typeof ended === "function") ends.push(ended);
  }
}

/** @param {Element} element */
function end(element) {
  for (const stop of running.get(element) ?? []) stop();
  running.delete(element);
}
