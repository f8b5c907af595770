/**
 * One RTCPeerConnection: own sound and picture out, `slots` pairs in. The other side's address is in its answer, so the
 * offer leaves at once. Where `live` offers a second one for what comes in, that is taken.
 *
 * @typedef {import("../messages.js").MediaSettings} MediaSettings
 * @typedef {import("../messages.js").Offer} Offer
 * @typedef {import("../messages.js").MediaOffer} MediaOffer
 * @typedef {import("../messages.js").MediaAnswer} MediaAnswer
 *
 * @typedef {object} PeerEars
 * @property {(message: Offer | MediaAnswer) => void} offer
 * @property {(mid: string, track: MediaStreamTrack) => void} track
 * @property {(state: RTCPeerConnectionState) => void} state
 */

const VIDEO_FPS = 25;
/** A short gap often heals by itself; after it ICE is asked to look for another way. */
const GAP_MS = 2000;
/** @type {RTCPeerConnectionState[]} */
const WORST_FIRST = ["failed", "closed", "disconnected", "new", "connecting", "connected"];

export class Peer {
  #pc;
  /** @type {RTCRtpSender} */
  #audio;
  /** @type {RTCRtpSender} */
  #video;
  /** @type {{ audio: MediaStreamTrack | null, video: MediaStreamTrack | null }} */
  #tracks = { audio: null, video: null };
  /** @type {RTCPeerConnection | null} */
  #second = null;
  #cut = false;
  #closed = false;
  /** @type {number | undefined} */
  #gap;
  #counted = { lost: 0, received: 0 };

  /**
   * @param {number} generation
   * @param {MediaSettings} settings
   * @param {PeerEars} ears
   */
  constructor(generation, settings, ears) {
    this.generation = generation;
    this.settings = settings;
    this.ears = ears;
    this.#pc = this.#connection();
    this.#audio = this.#pc.addTransceiver("audio", { direction: "sendonly" }).sender;
    this.#video = this.#pc.addTransceiver("video", {
      direction: "sendonly",
      sendEncodings: [{ maxBitrate: settings.max_video_kbps * 1000, maxFramerate: VIDEO_FPS }],
    }).sender;
    for (let slot = 0; slot < settings.slots; slot += 1) {
      this.#pc.addTransceiver("audio", { direction: "recvonly" });
      this.#pc.addTransceiver("video", { direction: "recvonly" });
    }
  }

  #connection() {
    const iceServers = this.settings.ice_servers;
    const pc = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle", rtcpMuxPolicy: "require" });
    pc.onconnectionstatechange = () => this.#changed();
    return pc;
  }

  /** Of two, the one that is further from flowing. */
  get state() {
    const states = this.#all.map((pc) => pc.connectionState);
    return WORST_FIRST.find((state) => states.includes(state)) ?? "new";
  }

  get #all() {
    return this.#second ? [this.#pc, this.#second] : [this.#pc];
  }

  /** @param {boolean} restart look for another way through the network, on this same connection */
  async offer(restart = false) {
    if (this.#closed || this.#pc.signalingState !== "stable") return;
    const { sdp = "" } = await this.#pc.createOffer({ iceRestart: restart });
    const offer = withSoundAskedAgain(sdp);
    await this.#pc.setLocalDescription({ type: "offer", sdp: offer });
    this.ears.offer({ type: "offer", generation: this.generation, sdp: offer });
  }

  /** @param {string} sdp */
  async answer(sdp) {
    if (this.#closed || this.#pc.signalingState !== "have-local-offer") return;
    await this.#pc.setRemoteDescription({ type: "answer", sdp });
    const [, , ...incoming] = this.#pc.getTransceivers();
    for (const { mid, receiver } of incoming) if (mid) this.ears.track(mid, receiver.track);
    await this.#cap(this.#audio, this.settings.max_audio_kbps);
  }

  /** What comes in, by a connection of its own. @param {MediaOffer} offer */
  async take({ generation, sdp }) {
    if (this.#closed || generation !== this.generation) return;
    const second = (this.#second ??= this.#connection());
    await second.setRemoteDescription({ type: "offer", sdp });
    await second.setLocalDescription(await second.createAnswer());
    this.ears.offer({ type: "media_answer", generation, sdp: second.localDescription?.sdp ?? "" });
    for (const { mid, receiver } of second.getTransceivers()) if (mid) this.ears.track(mid, receiver.track);
  }

  /**
   * Whole pictures or none, sound or none; null sends nothing.
   *
   * @param {MediaStreamTrack | null} audio
   * @param {MediaStreamTrack | null} video
   */
  use(audio, video) {
    this.#tracks = { audio, video };
    this.#apply();
  }

  /**
   * Cut: nothing leaves this device, whatever the buttons say, because nobody can tell who would hear it.
   *
   * @param {boolean} cut
   */
  cut(cut) {
    this.#cut = cut;
    this.#apply();
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#gap);
    for (const pc of this.#all) {
      pc.onconnectionstatechange = null;
      pc.close();
    }
  }

  /**
   * What this device measures, for the heartbeat: the share of packets lost since the last call, and the round trip.
   *
   * @returns {Promise<{ loss: number | null, rtt_ms: number | null }>}
   */
  async measure() {
    if (this.#closed || this.state !== "connected") return { loss: null, rtt_ms: null };
    let [lost, received] = [0, 0];
    /** @type {number | null} */
    let rtt = null;
    const reports = await Promise.all(this.#all.map((pc) => pc.getStats()));
    for (const report of reports.flatMap((one) => [...one.values()])) {
      if (report.type === "inbound-rtp") {
        lost += report.packetsLost ?? 0;
        received += report.packetsReceived ?? 0;
      }
      if (report.type === "candidate-pair" && report.nominated && report.currentRoundTripTime !== undefined) {
        rtt = Math.min(60_000, Math.round(report.currentRoundTripTime * 1000));
      }
    }
    const [newlyLost, newly] = [Math.max(0, lost - this.#counted.lost), received - this.#counted.received];
    this.#counted = { lost, received };
    return { loss: newly + newlyLost > 0 ? newlyLost / (newly + newlyLost) : null, rtt_ms: rtt };
  }

  /** The sender's own measure, carried beside the sound (RFC 6464). @param {MediaStreamTrack} track */
  loudness(track) {
    return Math.max(0, ...(this.#receiver(track)?.getSynchronizationSources() ?? []).map((source) => source.audioLevel ?? 0));
  }

  /**
   * Play this sound or picture so much later; 0: as the browser thinks best.
   *
   * @param {MediaStreamTrack} track
   * @param {number} ms
   */
  hold(track, ms) {
    const receiver = this.#receiver(track);
    if (receiver && "jitterBufferTarget" in receiver && (receiver.jitterBufferTarget ?? 0) !== ms) {
      receiver.jitterBufferTarget = ms || null;
    }
  }

  /** @param {MediaStreamTrack} track */
  #receiver(track) {
    return this.#all.flatMap((pc) => pc.getReceivers()).find((one) => one.track === track);
  }

  #apply() {
    if (this.#closed) return;
    const { audio, video } = this.#cut ? { audio: null, video: null } : this.#tracks;
    if (this.#audio.track !== audio) void this.#audio.replaceTrack(audio);
    if (this.#video.track !== video) void this.#video.replaceTrack(video);
  }

  #changed() {
    clearTimeout(this.#gap);
    if (this.state === "disconnected") this.#gap = setTimeout(() => void this.offer(true), GAP_MS);
    this.ears.state(this.state);
  }

  /**
   * @param {RTCRtpSender} sender
   * @param {number} kbps
   */
  async #cap(sender, kbps) {
    const parameters = sender.getParameters();
    const encoding = parameters.encodings[0];
    if (!encoding) return;
    encoding.maxBitrate = kbps * 1000;
    await sender.setParameters(parameters).catch(() => undefined); // Safari before 16: stays at its own rate
  }
}

/**
 * Lost sound is asked for again, as lost pictures are: browsers can do it, but offer it only when told to.
 *
 * @param {string} sdp
 */
function withSoundAskedAgain(sdp) {
  return sdp.replace(/a=rtpmap:(\d+) opus\/48000\/2\r\n/g, "$&a=rtcp-fb:$1 nack\r\n");
}
