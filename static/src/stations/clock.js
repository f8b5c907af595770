// @entry resident
/** The time of day in a screen's head: the server's, put right at each answer, counted on in between. No seconds. */
const TICK_MS = 1000;
const SHOWN = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });

/** @param {HTMLElement} element */
export function start(element) {
  if (!(element instanceof HTMLTimeElement)) return;
  let ahead = Date.parse(element.dateTime) - performance.now();
  const tick = () => {
    const shown = SHOWN.format(ahead + performance.now());
    if (element.textContent !== shown) element.textContent = shown;
  };
  /** @param {Event} event */
  const told = (event) => {
    if (event instanceof CustomEvent) ahead = Date.parse(event.detail) - performance.now();
    tick();
  };
  const ticking = setInterval(tick, TICK_MS);
  addEventListener("station:time", told);
  return () => {
    clearInterval(ticking);
    removeEventListener("station:time", told);
  };
}
