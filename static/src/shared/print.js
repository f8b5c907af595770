// @entry staff resident
/**
 * A button that prints the page; hidden where there is no script.
 *
 * @param {HTMLElement} element
 */
export function start(element) {
  const print = () => window.print();
  element.hidden = false;
  element.addEventListener("click", print);
  return () => element.removeEventListener("click", print);
}
