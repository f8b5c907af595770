/**
 * Camera and microphone of this device: what is there, what the person allows, how loud it is.
 *
 * @typedef {Partial<Record<MediaDeviceKind, { id: string, label: string }>>} Chosen by kind; the name finds a device
 *   whose id the browser made anew
 * @typedef {"ok" | "denied" | "missing" | "busy" | "failed" | "off" | "unchecked"} Finding
 */

/** 640 × 360 at 25 pictures a second is what `live` was measured with, and enough to see a face. */
const CAMERA = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 25, max: 30 }, facingMode: "user" };
const MICROPHONE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** A voice at arm's length gives about 0.05; a quiet room stays under 0.01. RMS of the samples, 0 to 1. */
const VOICE = 0.02;
const LEVEL_EVERY_MS = 100;

/** A tab that closes loses its tracks while its socket still speaks, a headset is often replaced: neither is silence. */
const GONE_AFTER_MS = 1000;

export class Devices {
  /** @type {MediaStreamTrack | null} */
  audio = null;
  /** @type {MediaStreamTrack | null} */
  video = null;
  /** @type {Finding} */
  camera = "unchecked";
  /** @type {Finding} */
  microphone = "unchecked";
  /** @type {AudioContext | null} */
  #sound = null;
  /** Fulfilled once the tones come out of the chosen loudspeaker. */
  #aloud = Promise.resolve();
  /** @type {number | undefined} */
  #metering;
  /** @type {number | undefined} */
  #telling;

  /**
   * @param {() => void} changed a device went away for good, or came back
   * @param {Chosen} [chosen] the devices of this room, where staff chose them
   */
  constructor(changed, chosen = {}) {
    this.changed = changed;
    this.chosen = chosen;
    navigator.mediaDevices?.addEventListener?.("devicechange", this.#plugged);
  }

  static possible() {
    return typeof RTCPeerConnection === "function" && !!navigator.mediaDevices?.getUserMedia;
  }

  /** Whether the person has allowed both before: then nobody needs to be asked again after a reload. */
  static async allowedBefore() {
    try {
      const names = ["camera", "microphone"];
      const answers = await Promise.all(
        names.map((name) => navigator.permissions.query({ name: /** @type {PermissionName} */ (name) })),
      );
      return answers.every((answer) => answer.state === "granted");
    } catch {
      return false; // Firefox and older Safari do not know these names
    }
  }

  /**
   * Ask for both; when that fails, for each alone, so that a missing camera does not cost the microphone.
   *
   * @param {boolean} camera false: leave it off
   */
  async open(camera) {
    if (!Devices.possible()) {
      this.camera = this.microphone = "failed";
      return;
    }
    if (!camera) {
      this.camera = "off";
      await this.find("microphone");
      return;
    }
    const [microphone, picture] = await this.#wanted();
    const both = await take({ audio: microphone, video: picture });
    if (both instanceof MediaStream) {
      this.#keep(both);
      return;
    }
    const [audio, video] = [await take({ audio: microphone }), await take({ video: picture })];
    if (audio instanceof MediaStream) this.#keep(audio);
    else this.microphone = audio;
    if (video instanceof MediaStream) this.#keep(video);
    else this.camera = video;
  }

  close() {
    navigator.mediaDevices?.removeEventListener?.("devicechange", this.#plugged);
    this.stopMeter();
    clearTimeout(this.#telling);
    for (const track of [this.audio, this.video]) track?.stop();
    void this.#sound?.close();
  }

  /** @returns {MediaStream | null} for the own picture */
  get picture() {
    return this.video ? new MediaStream([this.video]) : null;
  }

  /**
   * @param {(level: number, voice: boolean) => void} tell 0 to 1 for a bar, and whether that is a voice
   */
  meter(tell) {
    this.stopMeter();
    if (!this.audio) return;
    const context = this.#context();
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    context.createMediaStreamSource(new MediaStream([this.audio])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#metering = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const loudness = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
      tell(Math.min(1, Math.sqrt(loudness) * 1.6), loudness > VOICE);
    }, LEVEL_EVERY_MS);
  }

  stopMeter() {
    clearInterval(this.#metering);
  }

  /** The camera's light goes out. */
  cameraOff() {
    if (!this.video) return;
    this.video.onended = null;
    this.video.stop();
    [this.video, this.camera] = [null, "off"];
  }

  /** Ask for one device that is not there, or not any more. @param {"camera" | "microphone"} what */
  async find(what) {
    if (what === "camera" ? this.video : this.audio) return;
    const [microphone, picture] = await this.#wanted();
    const found = await take(what === "camera" ? { video: picture } : { audio: microphone });
    if (found instanceof MediaStream) this.#keep(found);
    else this[what] = found;
  }

  /** A sign that something happened, when the browser lets us: it does once the person has touched the page. */
  async chime() {
    if (this.#sound?.state === "running") await this.tone();
  }

  /** One short tone for a second that goes by, when the browser lets us. */
  tick() {
    const context = this.#sound;
    if (context?.state !== "running") return;
    const [voice, loudness] = [context.createOscillator(), context.createGain()];
    voice.frequency.value = 660;
    loudness.gain.setValueAtTime(0.12, context.currentTime);
    loudness.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.12);
    voice.connect(loudness).connect(context.destination);
    voice.start();
    voice.stop(context.currentTime + 0.15);
  }

  /** Three soft tones, going up; resolves when they are over. */
  async tone() {
    const context = this.#context();
    await Promise.all([context.resume(), this.#aloud]);
    const end = [523, 659, 784].reduce((at, hertz) => {
      const [voice, loudness] = [context.createOscillator(), context.createGain()];
      voice.frequency.value = hertz;
      loudness.gain.setValueAtTime(0, at);
      loudness.gain.linearRampToValueAtTime(0.25, at + 0.03);
      loudness.gain.linearRampToValueAtTime(0, at + 0.45);
      voice.connect(loudness).connect(context.destination);
      voice.start(at);
      voice.stop(at + 0.5);
      return at + 0.4;
    }, context.currentTime + 0.05);
    await new Promise((done) => setTimeout(done, (end - context.currentTime + 0.2) * 1000));
  }

  #context() {
    if (!this.#sound) {
      this.#sound = new AudioContext();
      this.#aloud = into(this.#sound, this.chosen);
    }
    void this.#sound.resume();
    return this.#sound;
  }

  /** @returns {Promise<[MediaTrackConstraints, MediaTrackConstraints]>} for microphone and camera */
  async #wanted() {
    if (!this.chosen.audioinput && !this.chosen.videoinput) return [MICROPHONE, CAMERA];
    const there = await navigator.mediaDevices.enumerateDevices();
    return [
      { ...MICROPHONE, ...ideal(there, "audioinput", this.chosen) },
      { ...CAMERA, ...ideal(there, "videoinput", this.chosen) },
    ];
  }

  /** @param {MediaStream} stream */
  #keep(stream) {
    for (const track of stream.getTracks()) {
      track.onended = () => this.#gone(track);
      if (track.kind === "audio") [this.audio, this.microphone] = [track, "ok"];
      else [this.video, this.camera] = [track, "ok"];
    }
  }

  /** @param {MediaStreamTrack} track pulled out, taken by another program, or taken back by the person */
  #gone(track) {
    if (track === this.audio) [this.audio, this.microphone] = [null, "missing"];
    if (track === this.video) [this.video, this.camera] = [null, "missing"];
    clearTimeout(this.#telling);
    this.#telling = setTimeout(this.changed, GONE_AFTER_MS);
  }

  /** Something was plugged in: use it when it is what was missing. */
  #plugged = async () => {
    if (this.microphone !== "missing" && this.camera !== "missing") return;
    const before = [this.audio, this.video];
    if (this.microphone === "missing") await this.find("microphone");
    if (this.camera === "missing") await this.find("camera");
    if (before[0] !== this.audio || before[1] !== this.video) this.changed();
  };
}

/**
 * @param {MediaDeviceInfo[]} there
 * @param {MediaDeviceKind} kind
 * @param {Chosen} chosen
 * @returns {MediaTrackConstraints} an ideal, so that a chosen device that is gone costs nobody the hearing
 */
function ideal(there, kind, chosen) {
  const found = deviceOf(there, kind, chosen);
  return found ? { deviceId: { ideal: found.deviceId } } : {};
}

/**
 * @param {MediaDeviceInfo[]} there
 * @param {MediaDeviceKind} kind
 * @param {Chosen} chosen
 */
export function deviceOf(there, kind, chosen) {
  const wanted = chosen[kind];
  const these = there.filter((device) => device.kind === kind && wanted);
  return (
    these.find((device) => device.deviceId === wanted?.id) ??
    these.find((device) => device.label && device.label === wanted?.label)
  );
}

/**
 * Sound comes out of the loudspeaker that staff chose for the room, where the browser can do that.
 *
 * @param {HTMLMediaElement | AudioContext} sound
 * @param {Chosen} chosen
 */
export async function into(sound, chosen) {
  if (!chosen.audiooutput || !("setSinkId" in sound)) return;
  const found = deviceOf(await navigator.mediaDevices.enumerateDevices(), "audiooutput", chosen);
  if (!found) return;
  const speaking = /** @type {{ sinkId: string, setSinkId: (id: string) => Promise<void> }} */ (sound);
  if (speaking.sinkId !== found.deviceId) await speaking.setSinkId(found.deviceId).catch(() => {});
}

/**
 * @param {MediaStreamConstraints} wanted
 * @returns {Promise<MediaStream | Finding>}
 */
async function take(wanted) {
  try {
    return await navigator.mediaDevices.getUserMedia(wanted);
  } catch (fault) {
    return finding(fault instanceof DOMException ? fault.name : "");
  }
}

/**
 * @param {string} name of the DOMException (Media Capture and Streams, 10.2)
 * @returns {Finding}
 */
function finding(name) {
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  if (name === "NotReadableError" || name === "AbortError") return "busy";
  return "failed";
}
