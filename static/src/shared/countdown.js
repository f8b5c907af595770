// @entry resident staff hearing
/**
 * Counts down to the instant in `datetime`, in the two largest units; says data-done at zero and
 * fires `countdown:done` there, which htmx may use as a trigger.
 *
 * The server's clock decides: its time at page load comes in `<meta name="server-time">` when the page has one.
 */

const UNITS = /** @type {const} */ ([
  ["days", 86_400],
  ["hours", 3_600],
  ["minutes", 60],
  ["seconds", 1],
]);

/** @param {HTMLElement} element */
export function start(element) {
  const until = Date.parse(element.getAttribute("datetime") ?? "");
  if (Number.isNaN(until)) return;
  const skew = serverSkew();
  let timer = 0;
  const tick = () => {
    const left = Math.ceil((until - Date.now() - skew) / 1000);
    if (left <= 0) {
      element.textContent = element.dataset.done ?? "";
      element.dispatchEvent(new CustomEvent("countdown:done", { bubbles: true }));
      return;
    }
    element.textContent = inWords(left, element.dataset);
    timer = setTimeout(tick, 1000);
  };
  tick();
  return () => clearTimeout(timer);
}

function serverSkew() {
  const meta = document.querySelector('meta[name="server-time"]');
  const stated = Date.parse(meta?.getAttribute("content") ?? "");
  return Number.isNaN(stated) ? 0 : stated - (performance.timeOrigin + performance.now());
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
