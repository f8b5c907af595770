/**
 * The device check: each result is a sentence, so that it can be heard as well as seen.
 *
 * @typedef {import("./devices.js").Finding} Finding
 * @typedef {import("./devices.js").Devices} Devices
 * @typedef {import("./words.js").Words} Words
 * @typedef {Omit<import("../messages.js").DeviceReport, "type" | "ref">} Report
 */
import { all, mark, one, play, show, write } from "./dom.js";

/** So long a voice must be heard before it counts: a knock on the table is none. */
const VOICE_TICKS = 3;

export class SelfCheck {
  /** @type {Finding} */
  #loudspeaker = "unchecked";
  /** @type {Finding} */
  #route = "unchecked";
  #voice = 0;
  #heard = false;
  #begun = false;

  /**
   * @param {HTMLElement} screen
   * @param {Devices} devices
   * @param {Words} words
   * @param {{ enter: () => void, changed: () => void }} on
   */
  constructor(screen, devices, words, on) {
    this.screen = screen;
    this.devices = devices;
    this.words = words;
    this.on = on;
    this.#click("begin", () => void this.begin());
    this.#click("again", () => void this.begin());
    this.#click("enter", () => on.enter());
    this.#click("without", () => on.enter());
    this.#click("tone", () => void this.#play());
    this.#click("heard-yes", () => this.#answer("ok"));
    this.#click("heard-no", () => this.#answer("failed"));
    this.draw();
  }

  /** Ask for camera and microphone, show what came of it. @param {boolean} camera false: leave it off */
  async begin(camera = true) {
    const button = one(this.screen, '[data-do="begin"]');
    button.setAttribute("aria-disabled", "true");
    this.#result("camera", "unchecked", this.words.say("check.asking"));
    this.#result("microphone", "unchecked", this.words.say("check.asking"));
    await this.devices.open(camera);
    button.removeAttribute("aria-disabled");
    this.#begun = true;
    this.on.changed();
    this.draw();
    one(this.screen, '[data-do="enter"]').focus();
  }

  /** @param {Finding} found whether packets reach `live` and come back */
  route(found) {
    if (this.#route === found) return;
    this.#route = found;
    this.draw();
  }

  /** @returns {Report} */
  report() {
    return {
      camera: this.devices.camera,
      microphone: this.devices.microphone,
      loudspeaker: this.#loudspeaker,
      media_route: this.#route,
      browser: browserName(),
    };
  }

  /** The screen is left: the microphone is not measured any more. */
  rest() {
    this.devices.stopMeter();
    play(this.#picture, null);
  }

  draw() {
    const { camera, microphone } = this.devices;
    show(one(this.screen, "[data-before]"), !this.#begun);
    show(one(this.screen, "[data-after]"), this.#begun);
    show(one(this.screen, '[data-do="again"]'), this.#begun && (camera !== "ok" || microphone !== "ok"));
    this.#result("camera", camera, this.words.say(`check.camera.${camera}`));
    this.#result("microphone", microphone, this.#microphoneWords());
    this.#result("loudspeaker", this.#loudspeaker, this.words.say(`check.loudspeaker.${this.#loudspeaker}`));
    this.#result("network", this.#route, this.words.say(`check.network.${this.#route}`));
    show(one(this.screen, "[data-denied]"), camera === "denied" || microphone === "denied");
    show(one(this.screen, "[data-no-picture]"), !this.devices.video);
    play(this.#picture, this.devices.picture);
    const meter = one(this.screen, "[data-level]");
    show(meter, microphone === "ok");
    if (microphone === "ok") this.devices.meter((level, voice) => this.#level(meter, level, voice));
  }

  get #picture() {
    return /** @type {HTMLVideoElement} */ (one(this.screen, "video"));
  }

  #microphoneWords() {
    if (this.devices.microphone !== "ok") return this.words.say(`check.microphone.${this.devices.microphone}`);
    return this.words.say(this.#heard ? "check.microphone.heard" : "check.microphone.speak");
  }

  /**
   * @param {HTMLElement} meter
   * @param {number} level
   * @param {boolean} voice
   */
  #level(meter, level, voice) {
    meter.style.setProperty("--level", level.toFixed(2));
    this.#voice = voice ? this.#voice + 1 : 0;
    if (this.#heard || this.#voice < VOICE_TICKS) return;
    this.#heard = true;
    this.#result("microphone", "ok", this.#microphoneWords());
  }

  async #play() {
    const button = one(this.screen, '[data-do="tone"]');
    button.setAttribute("aria-disabled", "true");
    await this.devices.tone();
    button.removeAttribute("aria-disabled");
    show(one(this.screen, "[data-tone-question]"), true);
    one(this.screen, '[data-do="heard-yes"]').focus();
  }

  /** @param {Finding} finding */
  #answer(finding) {
    this.#loudspeaker = finding;
    show(one(this.screen, "[data-tone-question]"), false);
    one(this.screen, '[data-do="tone"]').focus();
    this.draw();
  }

  /**
   * @param {string} what
   * @param {Finding} finding
   * @param {string} sentence
   */
  #result(what, finding, sentence) {
    const item = one(this.screen, `[data-check="${what}"]`);
    mark(item, "data-finding", finding);
    write(one(item, "[data-result]"), sentence);
  }

  /**
   * @param {string} name
   * @param {() => void} act
   */
  #click(name, act) {
    for (const button of all(this.screen, `[data-do="${name}"]`)) {
      button.addEventListener("click", () => {
        if (button.getAttribute("aria-disabled") !== "true") act();
      });
    }
  }
}

/** Family and version, for the help desk; nothing that tells one device from another. */
export function browserName() {
  const agent = navigator.userAgent;
  const known = /(MicroMessenger|QQBrowser|AlipayClient|Edg|Firefox|CriOS|Chrome|Version)\/(\d+)/.exec(agent);
  const system = /(Android|iPhone|iPad|Windows|Mac OS X|Linux|HarmonyOS)/.exec(agent);
  return [known && `${known[1] === "Version" ? "Safari" : known[1]} ${known[2]}`, system?.[1]].filter(Boolean).join(" ");
}
