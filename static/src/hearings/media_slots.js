/**
 * Which person is in which receiving slot. A new map re-attaches tracks to tiles; nothing is negotiated.
 *
 * @typedef {import("../messages.js").Slots} Slots
 * @typedef {object} Incoming
 * @property {MediaStream} sound
 * @property {MediaStream} picture apart from the sound: an element with both is silent until the first picture comes
 * @property {boolean} video a picture flows
 */

export class MediaSlots {
  /** @type {Map<string, MediaStreamTrack>} by mid */
  #tracks = new Map();
  /** @type {Map<string, MediaStream>} by mid, so that an element keeps its source when nothing changed */
  #streams = new Map();
  /** @type {Slots | null} */
  #map = null;

  /** A new connection: all tracks are other ones. */
  clear() {
    this.#tracks.clear();
    this.#streams.clear();
    this.#map = null;
  }

  /**
   * @param {string} mid
   * @param {MediaStreamTrack} track
   */
  add(mid, track) {
    this.#tracks.set(mid, track);
  }

  /** @param {Slots} slots */
  use(slots) {
    this.#map = slots;
  }

  /** @returns {number | undefined} the connection that the map speaks of */
  get generation() {
    return this.#map?.generation;
  }

  /** @returns {Map<string, Incoming>} by seat */
  bySeat() {
    /** @type {Map<string, Incoming>} */
    const incoming = new Map();
    for (const slot of this.#map?.slots ?? []) {
      if (!slot.seat) continue;
      incoming.set(slot.seat, {
        sound: this.#stream(slot.audio_mid),
        picture: this.#stream(slot.video_mid),
        video: slot.video,
      });
    }
    return incoming;
  }

  /** @param {string} mid */
  #stream(mid) {
    const known = this.#streams.get(mid);
    if (known) return known;
    const track = this.#tracks.get(mid);
    const stream = new MediaStream(track ? [track] : []);
    if (track) this.#streams.set(mid, stream);
    return stream;
  }
}
