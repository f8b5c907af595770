// @entry resident hearing
/** @param {boolean} away whether the screen says that there is no network */
export function sayOffline(away) {
  for (const element of document.querySelectorAll("[data-offline]")) {
    if (element instanceof HTMLElement && element.hidden === away) element.hidden = !away;
  }
}
