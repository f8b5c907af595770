// @entry resident staff hearing
/**
 * Counts down to the instant in `datetime`, in the two largest units; says data-done at zero and
 * fires `countdown:done` there, which htmx may use as a trigger.
 *
 * The server's clock decides: `data-now` is its time as the element was made. Screen readers hear data-warn once, when
 * two minutes are left, and data-done, in the element whose id is data-says; never the seconds.
 */

const UNITS = /** @type {const} */ ([
  ["days", 86_400],
  ["hours", 3_600],
  ["minutes", 60],
  ["seconds", 1],
]);
const WARN_S = 120;

/** @param {HTMLElement} element */
export function start(element) {
  const until = Date.parse(element.getAttribute("datetime") ?? "");
  if (Number.isNaN(until)) return;
  const words = element.dataset;
  const skew = serverSkew(words.now ?? "");
  let timer = 0;
  const tick = () => {
    const left = Math.ceil((until - Date.now() - skew) / 1000);
    if (left <= 0) {
      element.textContent = words.done ?? "";
      say(words.says ?? "", words.done ?? "");
      element.dispatchEvent(new CustomEvent("countdown:done", { bubbles: true }));
      return;
    }
    element.textContent = inWords(left, words);
    if (left <= WARN_S && words.warn && words.soon !== "yes") {
      words.soon = "yes";
      say(words.says ?? "", words.warn);
    }
    timer = setTimeout(tick, 1000);
  };
  tick();
  return () => clearTimeout(timer);
}

/** @param {string} now */
function serverSkew(now) {
  const stated = Date.parse(now);
  return Number.isNaN(stated) ? 0 : stated - Date.now();
}

/**
 * @param {string} id
 * @param {string} words
 */
function say(id, words) {
  const place = id ? document.getElementById(id) : null;
  if (place) place.textContent = words;
}

/**
 * @param {number} seconds
 * @param {DOMStringMap} words
 */
function inWords(seconds, words) {
  const first = Math.max(0, UNITS.findIndex(([, size]) => seconds >= size));
  let left = seconds;
  const parts = [];
  for (const [unit, size] of UNITS.slice(first, first + 2)) {
    const n = Math.floor(left / size);
    left -= n * size;
    if (n > 0) parts.push((words[unit] ?? "{n}").replace("{n}", String(n)));
  }
  return parts.join(" ");
}
