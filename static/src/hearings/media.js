/**
 * Sound and picture of this device: the connection to `live`, made anew when it fails, and what leaves through it now.
 *
 * @typedef {import("../messages.js").State} State
 * @typedef {import("../messages.js").Offer} Offer
 * @typedef {import("../messages.js").MediaAnswer} MediaAnswer
 * @typedef {import("../messages.js").Welcome} Welcome
 * @typedef {import("./devices.js").Devices} Devices
 * @typedef {import("./media_slots.js").Incoming} Incoming
 *
 * @typedef {object} MediaEars
 * @property {(message: Offer | MediaAnswer) => void} offer
 * @property {() => boolean} open whether the line stands
 * @property {(finding: "ok" | "failed") => void} route
 * @property {() => void} changed
 */
import { MediaSlots } from "./media_slots.js";
import { OwnTracks } from "./own_tracks.js";
import { Peer } from "./peer.js";

/** A failed connection is made anew after this pause. */
const AGAIN_MS = 1000;

export class Media {
  /** @type {Peer | null} */
  #peer = null;
  /** @type {Welcome["media"] | null} */
  #settings = null;
  #generation = 0;
  #slots = new MediaSlots();
  #measured = { loss: /** @type {number | null} */ (null), rtt_ms: /** @type {number | null} */ (null) };
  /** @type {number | undefined} */
  #again;

  /**
   * @param {Devices} devices
   * @param {MediaEars} ears
   */
  constructor(devices, ears) {
    this.own = new OwnTracks(devices);
    this.ears = ears;
  }

  /** Packets flow between this device and `live`. */
  get flows() {
    return this.#peer?.state === "connected";
  }

  /** @returns {Map<string, Incoming>} by seat, of the connection that stands */
  get incoming() {
    return this.#slots.generation === this.#peer?.generation ? this.#slots.bySeat() : new Map();
  }

  /** How loud this seat's sound was a moment ago, 0 to 1. @param {string} seat */
  loudness(seat) {
    const track = this.incoming.get(seat)?.sound.getAudioTracks()[0];
    return track ? (this.#peer?.loudness(track) ?? 0) : 0;
  }

  /** @param {Welcome["media"]} settings */
  begin(settings) {
    this.#settings = settings;
    this.#connect();
  }

  /**
   * @param {number} generation
   * @param {string} sdp
   */
  answered(generation, sdp) {
    if (this.#peer?.generation !== generation) return;
    this.#peer.answer(sdp).then(
      () => this.ears.changed(),
      () => this.again(),
    );
  }

  /** The engine offers what comes in. @param {import("../messages.js").MediaOffer} offer */
  offered(offer) {
    this.#peer?.take(offer).catch(() => this.again());
  }

  /** `live` asks for a new offer, or for another way through the network. @param {boolean} restart */
  wanted(restart) {
    if (restart) void this.#peer?.offer(true);
    else this.#connect();
  }

  again() {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => {
      if (this.ears.open()) this.#connect();
    }, AGAIN_MS);
  }

  /** @param {import("../messages.js").Slots} slots */
  remap(slots) {
    this.#slots.use(slots);
    this.ears.changed();
  }

  /** What was measured up to now; measures anew for the next time. */
  measure() {
    const now = this.#measured;
    void this.#peer?.measure().then((measured) => (this.#measured = measured));
    return now;
  }

  /** Nothing leaves this device. @param {boolean} cut */
  cut(cut) {
    this.#peer?.cut(cut);
  }

  /**
   * What leaves now: real sound and picture in the room, silence and black before it.
   *
   * @param {State["you"] | undefined} you
   * @param {MediaStreamTrack | null} screen instead of the picture
   */
  use(you, screen) {
    const inside = !!you && you.room !== "waiting" && you.state === "in_room" && this.ears.open();
    this.own.open(inside && !!you && you.mic_on && !you.muted, inside && !!you && you.camera_on);
    const picture = (inside && screen) || this.own.video;
    this.#peer?.use(this.own.audio, you?.sends_picture === false ? null : picture);
  }

  /** Where packets are lost, what is sent again needs time to arrive. @param {State["seats"]} seats */
  hold(seats) {
    for (const [seat, { sound, picture }] of this.incoming) {
      const ms = seats.find((one) => one.id === seat)?.hold_ms ?? 0;
      for (const track of [...sound.getTracks(), ...picture.getTracks()]) this.#peer?.hold(track, ms);
    }
  }

  stop() {
    clearTimeout(this.#again);
    this.#peer?.close();
    this.#peer = null;
    this.own.stop();
  }

  #connect() {
    if (!this.#settings || !this.ears.open()) return;
    clearTimeout(this.#again);
    this.#peer?.close();
    this.#slots.clear();
    this.#generation += 1;
    const peer = new Peer(this.#generation, this.#settings, {
      offer: (offer) => this.ears.offer(offer),
      track: (mid, track) => this.#slots.add(mid, track),
      state: (state) => this.#stateIs(peer, state),
    });
    this.#peer = peer;
    this.ears.changed();
    void peer.offer();
  }

  /**
   * @param {Peer} peer
   * @param {RTCPeerConnectionState} state
   */
  #stateIs(peer, state) {
    if (peer !== this.#peer) return;
    if (state === "connected") this.ears.route("ok");
    if (state === "failed") {
      this.ears.route("failed");
      this.again();
    }
    this.ears.changed();
  }
}
