/**
 * The hearing's page: brings line, media, devices and view together. The page shows what `live` says, never what was
 * clicked; the only thing decided here is that nothing leaves this device while nobody can tell who would hear it.
 *
 * @typedef {import("../messages.js").State} State
 * @typedef {import("../messages.js").ClientMessage} ClientMessage
 * @typedef {import("../messages.js").ServerMessage} ServerMessage
 * @typedef {import("./socket.js").Line} Line
 * @typedef {import("./socket.js").Ending} Ending
 */
import { AgreementPanel } from "./agreement.js";
import { Apart } from "./caucus.js";
import { Captions } from "./captions.js";
import { ChatPanel } from "./chat.js";
import { Countdown } from "./countdown.js";
import { Desk } from "./desk.js";
import { Devices } from "./devices.js";
import { FromDeskCard } from "./from_desk.js";
import { all, one, show, write } from "./dom.js";
import { Layout } from "./layout.js";
import { Media } from "./media.js";
import { NotesPanel } from "./notes.js";
import { OwnScreen } from "./own_screen.js";
import { PaperList } from "./paper_list.js";
import { Papers } from "./papers.js";
import { Reception } from "./reception.js";
import { Recording } from "./recording.js";
import { SecondDevice } from "./second_device.js";
import { SelfCheck } from "./self_check.js";
import { LiveSocket } from "./socket.js";
import { Tiles } from "./tiles.js";
import { news } from "./truth.js";
import { View } from "./view.js";
import { Words } from "./words.js";

/** @param {HTMLElement} element */
export function start(element) {
  if (!Devices.possible() && typeof RTCPeerConnection !== "function") {
    show(one(element, "[data-cannot]"), true);
    show(one(element, "[data-room]"), false);
    return () => undefined;
  }
  const room = new Room(element);
  room.start();
  addEventListener("station:wipe", () => room.leave());
  return () => room.stop();
}

class Room {
  /** @type {State | null} */
  #state = null;
  /** @type {Line | "new"} */
  #line = "new";
  /** @type {Ending | null} */
  #ending = null;
  /** Whether the devices were asked for, or left for the person to begin with. */
  #resumed = false;
  /** A quiet signal waits for the line. */
  #signals = false;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.words = new Words(element.dataset.words ?? "{}");
    this.view = new View(element, this.words);
    this.devices = new Devices(() => this.#devicesChanged(), JSON.parse(element.dataset.media ?? "{}"));
    this.media = new Media(this.devices, {
      offer: (offer) => void this.socket.send(offer),
      open: () => this.#line === "open",
      route: (finding) => this.check.route(finding),
      changed: () => this.#draw(),
    });
    this.tiles = new Tiles(element, this.words, () => show(one(element, "[data-blocked]"), true));
    this.layout = new Layout(element, (seat) => this.media.loudness(seat), () => this.#draw());
    this.agreement = element.querySelector("[data-agreement]") ? new AgreementPanel(element) : null;
    this.device = new SecondDevice(element, this.words);
    this.papers = new Papers(element, this.words, { send: (message) => this.#send(message), say: (what) => this.view.say(what) });
    this.paperList = new PaperList(element, this.words);
    this.captions = new Captions(element, (text) => this.#send({ type: "caption", text }));
    this.screen = new OwnScreen((on) => this.#send({ type: "share", on }), () => this.#draw());
    this.countdown = new Countdown(element, this.words, () => this.devices.tick());
    this.check = new SelfCheck(one(element, '[data-screen="check"]'), this.devices, this.words, {
      enter: () => this.#enter(),
      changed: () => this.#devicesChanged(),
    });
    this.chat = new ChatPanel(one(element, "[data-chat]"), this.words, {
      say: (text, to) => this.#send({ type: "say", text, to }),
      record: (line) => void this.#send({ type: "keep_line", line }),
      unread: (n) => this.#unread(n),
      close: () => this.#openChat(false),
    });
    this.apart = new Apart(element, this.words, {
      send: (message) => this.#send(message),
      asked: () => void this.devices.chime(),
      say: (sentences) => this.view.say(sentences),
    });
    const send = (/** @type {ClientMessage} */ message) => this.#send(message);
    this.fromDesk = new FromDeskCard(one(element, "[data-from-desk]"), this.words, (text) => this.#send({ type: "answer_desk", text }));
    this.recording = new Recording(element, this.words, { send, say: (...what) => this.view.say(...what) });
    this.reception = new Reception(element, this.words, { send, silence: (microphone) => this.#silence(microphone) });
    const staff = element.dataset.part === "neutral";
    this.notes = staff ? new NotesPanel(one(element, "[data-notes]"), this.words, send) : null;
    this.desk = staff ? this.#makeDesk() : null;
    const csrf = document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
    this.socket = new LiveSocket(element.dataset.tokenUrl ?? "", csrf, {
      message: (message) => this.#hear(message),
      line: (line, why) => this.#lineIs(line, why),
      measured: () => this.media.measure(),
    });
    this.#buttons();
  }

  start() {
    this.socket.start();
    this.#draw();
  }

  stop() {
    this.socket.stop();
    this.layout.stop();
    this.screen.stop();
    this.agreement?.stop();
    this.papers.stop();
    this.countdown.stop();
    this.media.stop();
    this.devices.close();
  }

  #makeDesk() {
    return new Desk(one(this.element, "[data-desk]"), this.words, {
      seat: (step, seat) => void this.#send({ type: "seat", step, seat }),
      apart: (seat) => this.apart.ask(seat),
      room: (step) => void this.#send({ type: "room", step }),
      hearing: (step) => void this.#send({ type: "hearing", step }),
      sure: (step) => this.#dialog(`[data-${step}-dialog]`).showModal(),
    });
  }

  // ---- the line

  /**
   * @param {Line} line
   * @param {Ending} [why]
   */
  #lineIs(line, why) {
    const before = this.#line;
    this.#line = line;
    this.#ending = why ?? null;
    this.media.cut(line !== "open");
    if (line === "lost" && before === "open") this.view.say([this.words.say("news.line_lost")], true);
    if (line === "open" && (before === "lost" || before === "full") && this.#state) this.view.say([this.words.say("news.line_back")]);
    if (line === "open" && this.#signals) this.#signal();
    if (line === "ended") this.#quit();
    this.#draw();
  }

  /** @param {ServerMessage} message */
  #hear(message) {
    if (message.type === "welcome") this.#begin(message);
    else if (message.type === "state") this.#see(message);
    else if (message.type === "chat") this.#read(message);
    else if (message.type === "from_desk") this.#fromDesk(message);
    else if (message.type === "caption") this.captions.hear(message.text);
    else if (message.type === "notes") this.notes?.draw(message);
    else if (message.type === "slots") this.media.remap(message);
    else if (message.type === "answer") this.media.answered(message.generation, message.sdp);
    else if (message.type === "media_offer") this.media.offered(message);
    else if (message.type === "media_wanted") this.media.wanted(message.what === "ice_restart");
    else if (message.type === "problem") this.#refused(message);
  }

  /** @param {import("../messages.js").Welcome} welcome */
  #begin({ media }) {
    this.media.begin(media);
    this.reception.begin();
  }

  /** @param {State} state */
  #see(state) {
    const sentences = news(this.#state, state, this.words);
    const admitted = this.#state?.you.room === "waiting" && state.you.room !== "waiting";
    this.#state = state;
    this.#draw();
    this.view.say(sentences, admitted);
    if (admitted) void this.devices.chime();
    this.#resume(state);
  }

  /**
   * Back after a reload: who had passed the check is not asked again, a camera that was off stays off. A seat that is
   * still called lost (its old line ended after this one came) is told where it is in a moment.
   *
   * @param {State} state
   */
  #resume({ you }) {
    if (this.#resumed || you.state === "disconnected") return;
    this.#resumed = true;
    if (you.state === "waiting" || you.state === "in_room") void this.check.begin(you.camera_on);
    else void Devices.allowedBefore().then((allowed) => (allowed ? this.check.begin() : undefined));
  }

  /** @param {import("../messages.js").Chat} chat */
  #read(chat) {
    const fresh = this.chat.hear(chat);
    this.view.say(fresh.map((line) => this.words.say("news.chat", { name: line.name, text: line.text })));
  }

  /** @param {import("../messages.js").FromDesk} message */
  #fromDesk(message) {
    const news = this.fromDesk.hear(message);
    this.view.say(news);
    if (news.length) void this.devices.chime();
    this.#draw();
  }

  /** @param {import("../messages.js").ProblemMessage} problem */
  #refused(problem) {
    if (problem.about === "signal") return;
    if (problem.code === "media_failed" || problem.code === "bad_sdp") this.media.again();
    else this.view.say([this.words.problem(problem.code, problem.params)]);
    this.#draw();
  }

  /**
   * @param {ClientMessage} message
   * @returns {boolean}
   */
  #send(message) {
    const sent = this.socket.send(message);
    if (!sent) this.view.say([this.words.say("news.not_sent")], true);
    return sent;
  }

  // ---- devices

  #devicesChanged() {
    this.media.own.refresh();
    const you = this.#state?.you;
    // Pulled out in the middle: the others see the sign, and nobody waits for an answer that cannot be heard.
    if (you?.state === "in_room" && you.mic_on && !this.devices.audio) this.#send({ type: "switch", microphone: false });
    if (you?.state === "in_room" && you.camera_on && !this.devices.video) this.#send({ type: "switch", camera: false });
    this.check.draw();
    this.#draw();
  }

  // ---- the person's buttons

  #buttons() {
    this.#on("microphone", () => void this.#switchMicrophone());
    this.#on("camera", () => void this.#switchCamera());
    this.#on("hand", () => void this.#send({ type: "hand", raised: !this.#state?.you.hand_raised_at }));
    this.#on("chat", () => this.#openChat(!this.chat.open));
    this.#on("recheck", () => void this.#send({ type: "recheck" }));
    this.#on("leave", () => this.#dialog("[data-leave-dialog]").showModal());
    this.#on("really-leave", () => void this.#send({ type: "leave" }));
    this.#on("really-close", () => void this.#send({ type: "hearing", step: "close" }));
    this.#on("really-suspend", () => void this.#send({ type: "hearing", step: "suspend" }));
    this.#on("return", () => location.reload());
    this.#on("share", () => void this.screen.toggle());
    this.#on("help", () => this.#dialog("[data-help-dialog]").showModal());
    this.#on("device", () => void this.device.open());
    this.#on("take_chair", () => void this.#send({ type: "take_chair" }));
    this.#on("signal", () => this.#signal());
    this.#on("hear", () => {
      this.tiles.unblock();
      show(one(this.element, "[data-blocked]"), false);
    });
  }

  /** Danger. Whatever becomes of it, this screen shows nothing: somebody may look at it too. */
  #signal() {
    this.#signals = !this.socket.send({ type: "signal" });
  }

  async #switchMicrophone() {
    const on = !(this.#state?.you.mic_on && this.devices.audio) || this.#state.you.muted;
    if (on && !(await this.#found("microphone"))) return;
    if (!on && this.media.own.audio) this.media.own.audio.enabled = false; // silent before the answer comes
    this.#send({ type: "switch", microphone: on });
  }

  /** The camera's light goes out with the camera. */
  async #switchCamera() {
    const on = !(this.#state?.you.camera_on && this.devices.video);
    if (on && !(await this.#found("camera"))) return;
    if (!on) this.devices.cameraOff();
    this.media.own.refresh();
    this.#send({ type: "switch", camera: on });
    this.#draw();
  }

  /** Who spares the line sends less too; whom the mediator muted stays so. @param {boolean} microphone also */
  #silence(microphone) {
    this.devices.cameraOff();
    this.media.own.refresh();
    this.#send({ type: "switch", camera: false, microphone: microphone ? false : null });
  }

  /** Ask again for a device that is not there; says why when it stays away. @param {"camera" | "microphone"} what */
  async #found(what) {
    await this.devices.find(what);
    this.media.own.refresh();
    const there = this.devices[what] === "ok";
    if (!there) this.view.say([this.words.say(`check.${what}.${this.devices[what]}`)]);
    this.#draw();
    return there;
  }

  #enter() {
    this.check.rest();
    this.#report();
  }

  #report() {
    const restricted_app = /** @type {import("../messages.js").DeviceReport["restricted_app"]} */ (
      this.element.dataset.app ?? ""
    );
    this.socket.send({ type: "device_report", ...this.check.report(), restricted_app });
  }

  /** @param {boolean} open */
  #openChat(open) {
    this.chat.toggle(open);
    for (const button of all(this.element, '[data-do="chat"]')) {
      button.setAttribute("aria-expanded", String(open));
      if (!open && button.checkVisibility()) button.focus();
    }
    this.element.toggleAttribute("data-chat-open", open);
  }

  /** @param {number} n */
  #unread(n) {
    for (const badge of all(this.element, "[data-unread]")) {
      show(badge, n > 0);
      write(badge, n ? this.words.say("chat.unread", { n }) : "");
    }
  }

  /** A station's screen is wiped: no line, no camera, no sound from this moment on. */
  leave() {
    this.socket.stop();
    this.#quit();
  }

  #quit() {
    this.media.stop();
    this.devices.close();
  }

  #draw() {
    this.media.use(this.#state?.you, this.screen.track);
    this.media.hold(this.#state?.seats ?? []);
    const facts = {
      state: this.#state,
      line: this.#line,
      ending: this.#ending,
      media: this.media.flows,
      hasMicrophone: this.devices.microphone === "ok",
    };
    this.view.draw(facts, this.devices);
    if (!this.#state) return;
    this.tiles.draw(this.#state, this.media.incoming, this.layout.large(this.#state));
    this.tiles.drawOwn(this.#state, this.devices.picture);
    this.countdown.draw(this.#state);
    this.reception.draw(this.#state);
    this.screen.draw(this.#state.you);
    this.fromDesk.draw(this.#state);
    this.captions.draw(this.#state);
    this.papers.draw(this.#state);
    for (const button of all(this.element, '[data-do="papers"]')) show(button, this.#state.you.may_show && this.#line === "open");
    this.desk?.draw(this.#state);
    show(one(this.element, "[data-chair]"), this.#state.you.steps.includes("take_chair") && this.#line === "open");
    this.apart.draw(this.#state);
    this.recording.draw(this.#state, this.#line);
    const you = this.#state.you;
    this.chat.draw(this.#state, you.steps.includes("say") && this.#line === "open");
  }

  /** @param {string} selector */
  #dialog(selector) {
    return /** @type {HTMLDialogElement} */ (one(this.element, selector));
  }

  /**
   * @param {string} name
   * @param {() => void} act
   */
  #on(name, act) {
    for (const button of all(this.element, `[data-do="${name}"]`)) {
      button.addEventListener("click", () => {
        if (button.getAttribute("aria-disabled") !== "true") act();
      });
    }
  }
}
