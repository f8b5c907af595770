// @entry resident
/** Staff choose the room's camera, microphone and loudspeaker, see and hear them, and keep them. */
import { deviceOf, Devices } from "../hearings/devices.js";

const KINDS = /** @type {const} */ (["videoinput", "audioinput", "audiooutput"]);

/** @param {HTMLElement} element */
export async function start(element) {
  const chosen = JSON.parse(element.dataset.media ?? "{}");
  const picture = /** @type {HTMLVideoElement} */ (element.querySelector("video"));
  const level = /** @type {HTMLMeterElement} */ (element.querySelector("meter"));
  let devices = new Devices(() => {}, chosen);
  await open();
  const there = await navigator.mediaDevices.enumerateDevices();
  for (const kind of KINDS) {
    const select = choice(kind);
    const now = deviceOf(there, kind, chosen);
    for (const device of there.filter((one) => one.kind === kind && one.label)) {
      select.add(new Option(device.label, device.deviceId, false, device === now));
    }
    note(kind);
    select.addEventListener("change", () => {
      note(kind);
      chosen[kind] = { id: select.value, label: select.selectedOptions[0]?.text ?? "" };
      void open();
    });
  }
  element.querySelector("[data-tone]")?.addEventListener("click", () => void devices.tone());

  async function open() {
    devices.close();
    devices = new Devices(() => {}, chosen);
    await devices.open(true);
    picture.srcObject = devices.picture;
    devices.meter((loudness) => (level.value = loudness));
  }

  /** @param {string} kind */
  function choice(kind) {
    return /** @type {HTMLSelectElement} */ (element.querySelector(`select[name="${kind}"]`));
  }

  /** The name goes along: browsers make new ids after a wipe. @param {string} kind */
  function note(kind) {
    const label = /** @type {HTMLInputElement} */ (element.querySelector(`input[name="${kind}-label"]`));
    label.value = choice(kind).value ? (choice(kind).selectedOptions[0]?.text ?? "") : "";
  }
}
