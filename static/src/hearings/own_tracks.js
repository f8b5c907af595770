/**
 * What leaves this device: copies of the camera's and microphone's tracks, so that the own picture goes on while the
 * copy is silent and black. In the waiting room the copies flow already, empty: admitted, they open at once, with
 * nothing to negotiate (shared/HEARINGS.md, complaint 5).
 *
 * @typedef {import("./devices.js").Devices} Devices
 */

export class OwnTracks {
  /** @type {MediaStreamTrack | null} */
  audio = null;
  /** @type {MediaStreamTrack | null} */
  video = null;
  /** @type {{ audio: MediaStreamTrack | null, video: MediaStreamTrack | null }} */
  #from = { audio: null, video: null };

  /** @param {Devices} devices */
  constructor(devices) {
    this.devices = devices;
  }

  /** The devices changed: copy what is there now. */
  refresh() {
    const { audio, video } = this.devices;
    if (this.#from.audio !== audio) this.audio = copied(this.audio, audio);
    if (this.#from.video !== video) this.video = copied(this.video, video);
    this.#from = { audio, video };
  }

  /**
   * @param {boolean} sound
   * @param {boolean} picture
   */
  open(sound, picture) {
    if (this.audio) this.audio.enabled = sound;
    if (this.video) this.video.enabled = picture;
  }

  stop() {
    this.audio?.stop();
    this.video?.stop();
  }
}

/**
 * @param {MediaStreamTrack | null} old
 * @param {MediaStreamTrack | null} source
 */
function copied(old, source) {
  old?.stop();
  const copy = source?.clone() ?? null;
  if (copy) copy.enabled = false;
  return copy;
}
