/**
 * The hearing's page: brings line, media, devices and view together. The page shows what `live` says, never what was
 * clicked; the only thing decided here is that nothing leaves this device while nobody can tell who would hear it.
 *
 * @typedef {import("../messages.js").State} State
 * @typedef {import("../messages.js").ClientMessage} ClientMessage
 * @typedef {import("../messages.js").ServerMessage} ServerMessage
 * @typedef {import("../messages.js").Welcome} Welcome
 * @typedef {import("./socket.js").Line} Line
 * @typedef {import("./socket.js").Ending} Ending
 */
import { Apart } from "./caucus.js";
import { ChatPanel } from "./chat.js";
import { Desk } from "./desk.js";
import { Devices } from "./devices.js";
import { all, one, show, write } from "./dom.js";
import { MediaSlots } from "./media_slots.js";
import { NotesPanel } from "./notes.js";
import { OwnTracks } from "./own_tracks.js";
import { Peer } from "./peer.js";
import { Recording } from "./recording.js";
import { SelfCheck } from "./self_check.js";
import { LiveSocket } from "./socket.js";
import { Tiles } from "./tiles.js";
import { news } from "./truth.js";
import { View } from "./view.js";
import { Words } from "./words.js";

/** A failed connection is made anew after this pause. */
const MEDIA_AGAIN_MS = 1000;

/** @param {HTMLElement} element */
export function start(element) {
  if (!Devices.possible() && typeof RTCPeerConnection !== "function") {
    show(one(element, "[data-cannot]"), true);
    show(one(element, "[data-room]"), false);
    return () => undefined;
  }
  const room = new Room(element);
  room.start();
  return () => room.stop();
}

class Room {
  /** @type {State | null} */
  #state = null;
  /** @type {Line | "new"} */
  #line = "new";
  /** @type {Ending | null} */
  #ending = null;
  /** @type {Peer | null} */
  #peer = null;
  /** @type {Welcome["media"] | null} */
  #media = null;
  #generation = 0;
  #slots = new MediaSlots();
  #measured = { loss: /** @type {number | null} */ (null), rtt_ms: /** @type {number | null} */ (null) };
  /** @type {number | undefined} */
  #again;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.neutral = element.dataset.part === "neutral";
    this.words = new Words(element.dataset.words ?? "{}");
    this.view = new View(element, this.words);
    this.devices = new Devices(() => this.#devicesChanged());
    this.own = new OwnTracks(this.devices);
    this.tiles = new Tiles(element, this.words, () => show(one(element, "[data-blocked]"), true));
    this.check = new SelfCheck(one(element, '[data-screen="check"]'), this.devices, this.words, {
      enter: () => this.#enter(),
      changed: () => this.#devicesChanged(),
    });
    this.chat = new ChatPanel(one(element, "[data-chat]"), this.words, {
      say: (text) => this.#send({ type: "say", text }),
      unread: (n) => this.#unread(n),
      close: () => this.#openChat(false),
    });
    this.apart = new Apart(element, this.words, {
      send: (message) => this.#send(message),
      asked: () => void this.devices.chime(),
      say: (sentences) => this.view.say(sentences),
    });
    const send = (/** @type {ClientMessage} */ message) => this.#send(message);
    this.recording = new Recording(element, this.words, { send, say: (...what) => this.view.say(...what) });
    this.notes = this.neutral ? new NotesPanel(one(element, "[data-notes]"), this.words, send) : null;
    this.desk = this.neutral ? this.#makeDesk() : null;
    const csrf = document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
    this.socket = new LiveSocket(element.dataset.tokenUrl ?? "", csrf, {
      message: (message) => this.#hear(message),
      line: (line, why) => this.#lineIs(line, why),
      measured: () => this.#measure(),
    });
    this.#buttons();
  }

  start() {
    this.socket.start();
    this.#draw();
  }

  stop() {
    this.socket.stop();
    this.#peer?.close();
    this.own.stop();
    this.devices.close();
  }

  #makeDesk() {
    const dialog = /** @type {HTMLDialogElement} */ (one(this.element, "[data-close-dialog]"));
    return new Desk(one(this.element, "[data-desk]"), this.words, {
      seat: (step, seat) => void this.#send({ type: "seat", step, seat }),
      apart: (seat) => this.apart.ask(seat),
      room: (step) => void this.#send({ type: "room", step }),
      hearing: (step) => void this.#send({ type: "hearing", step }),
      close: () => dialog.showModal(),
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
    this.#peer?.cut(line !== "open");
    if (line === "lost" && before === "open") this.view.say([this.words.say("news.line_lost")], true);
    if (line === "open" && before === "lost" && this.#state) this.view.say([this.words.say("news.line_back")]);
    if (line === "ended") this.#quit();
    this.#draw();
  }

  /** @param {ServerMessage} message */
  #hear(message) {
    if (message.type === "welcome") this.#welcome(message);
    else if (message.type === "state") this.#see(message);
    else if (message.type === "chat") this.#read(message);
    else if (message.type === "notes") this.notes?.draw(message);
    else if (message.type === "slots") this.#remap(message);
    else if (message.type === "answer") this.#answered(message.generation, message.sdp);
    else if (message.type === "media_offer") this.#peer?.take(message).catch(() => this.#connectLater());
    else if (message.type === "media_wanted") this.#offerAgain(message.what === "ice_restart");
    else if (message.type === "problem") this.#refused(message);
  }

  /** @param {Welcome} welcome */
  #welcome(welcome) {
    this.#media = welcome.media;
    this.#connect();
  }

  /** @param {State} state */
  #see(state) {
    const sentences = news(this.#state, state, this.words);
    const admitted = this.#state?.you.room === "waiting" && state.you.room !== "waiting";
    const first = !this.#state;
    this.#state = state;
    this.#draw();
    this.view.say(sentences, admitted);
    if (admitted) void this.devices.chime();
    if (first) this.#resume(state);
  }

  /** Back after a reload: who had passed the check is not asked again, a camera that was off stays off. @param {State} state */
  #resume({ you }) {
    if (you.state === "waiting" || you.state === "in_room") void this.check.begin(you.camera_on);
    else void Devices.allowedBefore().then((allowed) => (allowed ? this.check.begin() : undefined));
  }

  /** @param {import("../messages.js").Chat} chat */
  #read(chat) {
    const fresh = this.chat.hear(chat);
    this.view.say(fresh.map((line) => this.words.say("news.chat", { name: line.name, text: line.text })));
  }

  /** @param {import("../messages.js").ProblemMessage} problem */
  #refused(problem) {
    if (problem.code === "media_failed" || problem.code === "bad_sdp") this.#connectLater();
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

  // ---- media

  #connect() {
    if (!this.#media || this.#line === "ended") return;
    clearTimeout(this.#again);
    this.#peer?.close();
    this.#slots.clear();
    this.#generation += 1;
    const peer = new Peer(this.#generation, this.#media, {
      offer: (offer) => void this.socket.send(offer),
      track: (mid, track) => this.#slots.add(mid, track),
      state: (state) => this.#mediaIs(peer, state),
    });
    this.#peer = peer;
    this.#useTracks();
    void peer.offer();
  }

  #connectLater() {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => {
      if (this.#line === "open") this.#connect();
    }, MEDIA_AGAIN_MS);
  }

  /**
   * @param {number} generation
   * @param {string} sdp
   */
  #answered(generation, sdp) {
    if (this.#peer?.generation !== generation) return;
    this.#peer.answer(sdp).then(
      () => this.#draw(),
      () => this.#connectLater(),
    );
  }

  /** @param {boolean} restart */
  #offerAgain(restart) {
    if (restart) void this.#peer?.offer(true);
    else this.#connect();
  }

  /** @param {import("../messages.js").Slots} slots */
  #remap(slots) {
    this.#slots.use(slots);
    this.#draw();
  }

  /**
   * @param {Peer} peer
   * @param {RTCPeerConnectionState} state
   */
  #mediaIs(peer, state) {
    if (peer !== this.#peer) return;
    if (state === "connected") this.check.route("ok");
    if (state === "failed") {
      this.check.route("failed");
      this.#connectLater();
    }
    this.#draw();
  }

  #measure() {
    const now = this.#measured;
    void this.#peer?.measure().then((measured) => (this.#measured = measured));
    return now;
  }

  #devicesChanged() {
    this.own.refresh();
    const you = this.#state?.you;
    // Pulled out in the middle: the others see the sign, and nobody waits for an answer that cannot be heard.
    if (you?.state === "in_room" && you.mic_on && !this.devices.audio) this.#send({ type: "switch", microphone: false });
    if (you?.state === "in_room" && you.camera_on && !this.devices.video) this.#send({ type: "switch", camera: false });
    this.check.draw();
    this.#draw();
  }

  /** What leaves this device now: real sound and picture in the room, silence and black before it. */
  #useTracks() {
    const you = this.#state?.you;
    const inside = !!you && you.room !== "waiting" && you.state === "in_room" && this.#line === "open";
    this.own.open(inside && !!you && you.mic_on && !you.muted, inside && !!you && you.camera_on);
    this.#peer?.use(this.own.audio, this.own.video);
  }

  // ---- the person's buttons

  #buttons() {
    this.#on("microphone", () => void this.#switchMicrophone());
    this.#on("camera", () => void this.#switchCamera());
    this.#on("hand", () => void this.#send({ type: "hand", raised: !this.#state?.you.hand_raised_at }));
    this.#on("chat", () => this.#openChat(!this.chat.open));
    this.#on("recheck", () => void this.#send({ type: "recheck" }));
    const leaving = /** @type {HTMLDialogElement} */ (one(this.element, "[data-leave-dialog]"));
    this.#on("leave", () => leaving.showModal());
    this.#on("really-leave", () => void this.#send({ type: "leave" }));
    this.#on("really-close", () => void this.#send({ type: "hearing", step: "close" }));
    this.#on("return", () => location.reload());
    this.#on("hear", () => {
      this.tiles.unblock();
      show(one(this.element, "[data-blocked]"), false);
    });
  }

  async #switchMicrophone() {
    const on = !(this.#state?.you.mic_on && this.devices.audio);
    if (on && !(await this.#found("microphone"))) return;
    if (!on && this.own.audio) this.own.audio.enabled = false; // silent before the answer comes
    this.#send({ type: "switch", microphone: on });
  }

  /** The camera's light goes out with the camera. */
  async #switchCamera() {
    const on = !(this.#state?.you.camera_on && this.devices.video);
    if (on && !(await this.#found("camera"))) return;
    if (!on) this.devices.cameraOff();
    this.own.refresh();
    this.#send({ type: "switch", camera: on });
    this.#draw();
  }

  /** Ask again for a device that is not there; says why when it stays away. @param {"camera" | "microphone"} what */
  async #found(what) {
    await this.devices.find(what);
    this.own.refresh();
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

  #quit() {
    this.#peer?.close();
    this.#peer = null;
    this.own.stop();
    this.devices.close();
  }

  #draw() {
    this.#useTracks();
    const media = this.#peer?.state === "connected";
    const facts = {
      state: this.#state,
      line: this.#line,
      ending: this.#ending,
      media,
      hasMicrophone: this.devices.microphone === "ok",
    };
    this.view.draw(facts, this.devices);
    if (!this.#state) return;
    const current = this.#slots.generation === this.#peer?.generation;
    this.tiles.draw(this.#state, current ? this.#slots.bySeat() : new Map());
    this.tiles.drawOwn(this.#state, this.devices.picture);
    this.desk?.draw(this.#state);
    this.apart.draw(this.#state);
    this.recording.draw(this.#state, this.#line);
    const you = this.#state.you;
    this.chat.draw(you.room === "waiting", you.steps.includes("say") && this.#line === "open");
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
