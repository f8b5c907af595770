// @entry resident staff hearing
/**
 * A form that can be sent once: its buttons rest after the first press and say so.
 *
 * The pressed button's name and value still travel; coming back with the browser's Back frees the buttons.
 */

/** @param {HTMLElement} element */
export function start(element) {
  if (!(element instanceof HTMLFormElement)) return;
  let sent = false;
  /** @type {{ button: HTMLButtonElement, label: ChildNode[] } | null} */
  let pressed = null;

  /** @param {SubmitEvent} event */
  const once = (event) => {
    if (sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    // htmx and other listeners may refuse the submission; only one that goes on is counted.
    setTimeout(() => {
      if (event.defaultPrevented && !element.hasAttribute("hx-post")) return;
      sent = true;
      rest(event.submitter);
    });
  };

  /** @param {HTMLElement | null} submitter */
  const rest = (submitter) => {
    // aria-disabled, not disabled: focus stays where it is, and the button's value is still sent.
    for (const button of element.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
    if (!(submitter instanceof HTMLButtonElement) || !submitter.dataset.busy) return;
    pressed = { button: submitter, label: [...submitter.childNodes] };
    submitter.textContent = submitter.dataset.busy;
  };

  const free = () => {
    sent = false;
    for (const button of element.querySelectorAll("button")) button.removeAttribute("aria-disabled");
    if (pressed) pressed.button.replaceChildren(...pressed.label);
    pressed = null;
  };

  element.addEventListener("submit", once);
  element.addEventListener("htmx:afterRequest", free);
  window.addEventListener("pageshow", free);
  return () => window.removeEventListener("pageshow", free);
}
