// @entry resident staff hearing
/**
 * A box to draw one's signature in; the picture goes into the hidden field named by data-into when the form is sent.
 * Without script the box stays hidden, and the way with name and code stays open.
 */
import SignaturePad from "signature_pad";

/** @param {HTMLElement} element */
export function start(element) {
  const canvas = element.querySelector("canvas");
  const form = element.closest("form");
  const field = form?.elements.namedItem(element.dataset.into ?? "");
  if (!canvas || !form || !(field instanceof HTMLInputElement)) return;
  element.hidden = false;
  form.querySelector("details[data-instead]:not([data-keep-open])")?.removeAttribute("open");
  const pad = new SignaturePad(canvas, { minWidth: 1, maxWidth: 3 });
  const fit = () => {
    const ratio = Math.max(1, window.devicePixelRatio);
    const strokes = pad.toData();
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d")?.scale(ratio, ratio);
    pad.fromData(strokes);
  };
  const send = () => {
    field.value = pad.isEmpty() ? "" : pad.toDataURL("image/png");
  };
  const clear = () => pad.clear();
  fit();
  window.addEventListener("resize", fit);
  form.addEventListener("submit", send);
  element.querySelector("[data-clear]")?.addEventListener("click", clear);
  return () => {
    window.removeEventListener("resize", fit);
    form.removeEventListener("submit", send);
    pad.off();
  };
}
