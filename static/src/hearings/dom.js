/** Small steps on the page. Each changes only what is different, so that a screen reader hears only news. */

/**
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function one(root, selector) {
  const element = root.querySelector(selector);
  if (!(element instanceof HTMLElement)) throw new Error(`the page has no ${selector}`);
  return element;
}

/**
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
export function all(root, selector) {
  return [...root.querySelectorAll(selector)].filter((element) => element instanceof HTMLElement);
}

/**
 * @param {Element} element
 * @param {string} text
 */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * @param {HTMLElement} element
 * @param {boolean} shown
 */
export function show(element, shown) {
  if (element.hidden === shown) element.hidden = !shown;
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {string} value
 */
export function mark(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/**
 * Show a stream and keep it playing; `blocked` hears of a browser that wants a touch before sound.
 *
 * @param {HTMLMediaElement} element
 * @param {MediaStream | null} stream
 * @param {() => void} [blocked]
 */
export function play(element, stream, blocked) {
  if (element.srcObject !== stream) element.srcObject = stream;
  if (!stream || !element.paused) return;
  element.play().catch((fault) => {
    if (fault instanceof DOMException && fault.name === "NotAllowedError") blocked?.();
  });
}

/**
 * A copy of the page's `<template data-template="name">`.
 *
 * @param {ParentNode} root
 * @param {string} name
 * @returns {HTMLElement}
 */
export function copy(root, name) {
  const template = one(root, `template[data-template="${name}"]`);
  const element = /** @type {HTMLTemplateElement} */ (template).content.firstElementChild?.cloneNode(true);
  if (!(element instanceof HTMLElement)) throw new Error(`the template ${name} is empty`);
  return element;
}

/**
 * Make the children of `list` stand for `items`, in order, keeping the elements that stay. Who is on one of them with
 * the keyboard stays there; when it goes, they stand on what held it, so that a key held too long presses nothing new.
 *
 * @template T
 * @param {HTMLElement} list
 * @param {T[]} items
 * @param {(item: T) => string} key
 * @param {(item: T) => HTMLElement} make
 * @param {(element: HTMLElement, item: T) => void} draw
 */
export function keep(list, items, key, make, draw) {
  const stand = standing(list);
  const there = new Map(all(list, ":scope > [data-key]").map((element) => [element.dataset.key ?? "", element]));
  /** @type {Element | null} */
  let before = list.firstElementChild;
  for (const item of items) {
    const id = key(item);
    let element = there.get(id);
    there.delete(id);
    if (!element) {
      element = make(item);
      element.dataset.key = id;
    }
    if (element === before) before = before.nextElementSibling;
    else list.insertBefore(element, before);
    draw(element, item);
  }
  for (const gone of there.values()) gone.remove();
  stand();
}

/**
 * @param {HTMLElement} list
 * @returns {() => void} bring the keyboard back into the list
 */
function standing(list) {
  const on = document.activeElement;
  if (!(on instanceof HTMLElement) || !list.contains(on)) return () => undefined;
  const places = [on, on.parentElement?.closest("[tabindex]"), list.closest("[tabindex]")];
  return () => {
    if (document.activeElement === on) return;
    const place = places.find((one) => one?.isConnected);
    if (place instanceof HTMLElement) place.focus({ preventScroll: true });
  };
}
