// @entry resident staff
/** Copies or shares the address in components/copy_link.html; where neither works the text stays selectable. */

/** @param {HTMLElement} element */
export function start(element) {
  const input = element.querySelector("input");
  const said = element.querySelector("[role=status]");
  const copy = element.querySelector("[data-copy]");
  const share = element.querySelector("[data-share]");
  if (!input || !said) return;

  input.addEventListener("focus", () => input.select());
  copy?.addEventListener("click", async () => {
    if (await copied(input)) said.textContent = element.dataset.done ?? "";
  });
  if (!(share instanceof HTMLButtonElement) || !("share" in navigator)) return;
  share.hidden = false;
  share.addEventListener("click", () => {
    // Closing the phone's share sheet rejects; that is a choice, not a fault.
    navigator.share({ title: share.dataset.title ?? "", url: input.value }).catch(() => {});
  });
}

/** @param {HTMLInputElement} input */
async function copied(input) {
  try {
    await navigator.clipboard.writeText(input.value);
    return true;
  } catch {
    // Browsers inside apps often refuse the clipboard; the old command still works in many of them.
    input.select();
    return document.execCommand("copy");
  }
}
