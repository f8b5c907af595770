// @entry resident staff hearing
/** Turns components/dialog.html (a details element) into a modal dialog. A form refused inside it opens again. */

/** @param {HTMLElement} element */
export function start(element) {
  const summary = element.querySelector("summary");
  const body = element.querySelector(".dialog__body");
  if (!(element instanceof HTMLDetailsElement) || !summary || !body || !("showModal" in HTMLDialogElement.prototype)) return;

  const box = document.createElement("dialog");
  box.className = "dialog-box";
  box.setAttribute("aria-labelledby", `${element.id}-title`);
  box.append(body);
  element.append(box);

  summary.addEventListener("click", (event) => {
    event.preventDefault();
    open();
  });
  const open = () => {
    // A dialog inside a closed details element is not shown.
    element.open = true;
    box.showModal();
  };
  box.addEventListener("close", () => {
    element.open = false;
    summary.focus();
  });
  box.addEventListener("click", (event) => {
    const close = event.target instanceof Element && event.target.closest("[data-close]");
    if (close || event.target === box) box.close();
  });
  if (element.open || body.querySelector('[aria-invalid="true"]')) open();
}
