// @entry resident staff
/** Moves focus to an element that appeared with the page or a fragment: the summary of a form's faults. */

/** @param {HTMLElement} element */
export function start(element) {
  element.focus();
  element.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null;
    const field = link && document.getElementById(decodeURIComponent(link.getAttribute("href")?.slice(1) ?? ""));
    if (!field) return;
    event.preventDefault();
    field.focus({ preventScroll: true });
    field.closest(".field")?.scrollIntoView({ block: "start" });
  });
}
