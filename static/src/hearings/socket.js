/**
 * One WebSocket to `live` that comes back by itself: after a reload of `live`, a lost network, a sleeping phone.
 *
 * What is told to the room: `line("open")` when the socket is there and answers, `line("lost")` when it is not, or
 * when nothing was heard for `lost_after_s` (the room then stops the microphone and camera at the sender), and
 * `line("full")` when no new hearing is taken now, and `line("ended")` when it must not come back by itself.
 *
 * @typedef {import("../messages.js").ClientMessage} ClientMessage
 * @typedef {import("../messages.js").ServerMessage} ServerMessage
 * @typedef {import("../messages.js").Welcome} Welcome
 * @typedef {"open" | "lost" | "full" | "ended"} Line
 * @typedef {"replaced" | "closed" | "left" | "refused" | "not_allowed"} Ending
 *
 * @typedef {object} Ears
 * @property {(message: ServerMessage) => void} message
 * @property {(line: Line, why?: Ending) => void} line
 * @property {() => { loss: number | null, rtt_ms: number | null }} measured
 */

/** Waits before the next attempt, in ms; the last one repeats. Never more than 2 s, because a hearing is waiting. */
const WAITS = [0, 300, 700, 1500, 2000];
const JITTER = 0.2;
const FLOODED_MS = 5000;
const FULL_MS = 10_000;
const TOKEN_TIMEOUT_MS = 5000;
const OPEN_TIMEOUT_MS = 5000;
const MAX_REFUSED = 3;

/** @type {Readonly<import("../messages.js").CloseCodes>} */
const CLOSE = { drain: 1012, too_big: 1009, replaced: 4001, ended: 4002, refused: 4003, silent: 4004, flood: 4005, moved: 4006, busy: 4007 };

export class LiveSocket {
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {Welcome | null} */
  #welcome = null;
  #attempt = 0;
  #refused = 0;
  #stopped = false;
  #opening = false;
  #lost = false;
  #heardAt = 0;
  #beat = { n: 0, seen: 0 };
  #ref = 0;
  /** @type {number | undefined} */
  #retry;
  /** @type {number | undefined} */
  #beating;
  /** @type {Ending | null} */
  #bye = null;

  /**
   * @param {string} tokenUrl POST gives `{token, live_url}`
   * @param {string} csrf
   * @param {Ears} ears
   */
  constructor(tokenUrl, csrf, ears) {
    this.tokenUrl = tokenUrl;
    this.csrf = csrf;
    this.ears = ears;
  }

  start() {
    addEventListener("online", this.#wake);
    document.addEventListener("visibilitychange", this.#wake);
    void this.#open();
  }

  stop() {
    this.#stopped = true;
    removeEventListener("online", this.#wake);
    document.removeEventListener("visibilitychange", this.#wake);
    clearTimeout(this.#retry);
    clearInterval(this.#beating);
    this.#socket?.close(1000);
  }

  /**
   * @param {ClientMessage} message
   * @returns {boolean} false when the line is lost: what was clicked is then not kept for later
   */
  send(message) {
    if (!this.#socket || !this.#welcome || this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** A number that brings the answer back to its command. */
  ref() {
    this.#ref += 1;
    return this.#ref;
  }

  /** The network or the page is back: do not wait for the timer. */
  #wake = () => {
    if (this.#stopped || document.visibilityState === "hidden") return;
    if (this.#silent()) this.#drop();
    else if (!this.#socket && !this.#opening) this.#again(0);
  };

  async #open() {
    if (this.#stopped || this.#opening) return;
    this.#opening = true;
    try {
      const pass = await this.#token();
      if (pass && !this.#stopped) this.#connect(pass);
    } catch {
      this.#again();
    } finally {
      this.#opening = false;
    }
  }

  /** @returns {Promise<{ token: string, live_url: string } | null>} null: told `full` or `ended` already */
  async #token() {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), TOKEN_TIMEOUT_MS);
    try {
      const response = await fetch(this.tokenUrl, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": this.csrf },
        signal: abort.signal,
      });
      if (response.ok) return await response.json();
      const answer = await response.json().catch(() => ({}));
      if (answer.problem?.code === "live_full") return this.#full();
      if (response.status === 429 || response.status >= 500) throw new Error(`status ${response.status}`);
      this.#end(answer.problem?.code === "hearing_closed" ? "closed" : "not_allowed");
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  /** @param {{ token: string, live_url: string }} pass */
  #connect({ token, live_url }) {
    const socket = new WebSocket(`${live_url.replace(/\/$/, "")}/ws`);
    this.#socket = socket;
    this.#welcome = null;
    this.#bye = null;
    const timer = setTimeout(() => socket.close(), OPEN_TIMEOUT_MS);
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", token }));
    socket.onmessage = (event) => {
      if (socket !== this.#socket) return;
      clearTimeout(timer);
      this.#heard(JSON.parse(event.data));
    };
    socket.onclose = (event) => {
      clearTimeout(timer);
      if (socket === this.#socket) this.#closed(event.code);
    };
  }

  /** @param {ServerMessage} message */
  #heard(message) {
    this.#heardAt = performance.now();
    if (this.#lost && this.#welcome) this.#found();
    if (message.type === "beat") {
      this.#beat.seen = message.n;
      return;
    }
    if (message.type === "welcome") this.#greet(message);
    if (message.type === "bye" && message.reason !== "drain" && message.reason !== "moved") this.#bye = message.reason;
    this.ears.message(message);
  }

  /** @param {Welcome} welcome */
  #greet(welcome) {
    this.#welcome = welcome;
    this.#attempt = 0;
    this.#refused = 0;
    this.#beat = { n: 0, seen: 0 };
    clearInterval(this.#beating);
    this.#beating = setInterval(() => this.#tick(), welcome.beat_every_s * 1000);
    this.#found();
  }

  #tick() {
    if (this.#silent()) {
      this.#drop();
      return;
    }
    this.#beat.n += 1;
    this.send({ type: "beat", n: this.#beat.n, seen: this.#beat.seen, ...this.ears.measured() });
  }

  #silent() {
    return !!this.#welcome && performance.now() - this.#heardAt > this.#welcome.lost_after_s * 1000;
  }

  /** Nothing heard for too long: the socket may hang for minutes before the browser notices. */
  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(CLOSE.silent);
    this.#closed(CLOSE.silent);
  }

  /** @param {number} code */
  #closed(code) {
    this.#socket = null;
    this.#welcome = null;
    clearInterval(this.#beating);
    if (this.#stopped) return;
    if (code === CLOSE.replaced) return this.#end("replaced");
    if (code === CLOSE.ended) return this.#end(this.#bye ?? "closed");
    if (code === CLOSE.refused && ++this.#refused >= MAX_REFUSED) return this.#end("refused");
    if (code === CLOSE.busy) return void this.#full();
    this.#miss();
    this.#again(code === CLOSE.flood ? FLOODED_MS : undefined);
  }

  /** No new hearing is taken now, so that the running ones stay good: said, and tried again. @returns {null} */
  #full() {
    this.#lost = true;
    this.ears.line("full");
    this.#again(FULL_MS);
    return null;
  }

  /** @param {number} [ms] */
  #again(ms) {
    if (this.#stopped) return;
    const wait = ms ?? (WAITS[Math.min(this.#attempt, WAITS.length - 1)] ?? 0);
    this.#attempt += 1;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#open(), wait * (1 + JITTER * (Math.random() - 0.5)));
  }

  #miss() {
    if (this.#lost) return;
    this.#lost = true;
    this.ears.line("lost");
  }

  #found() {
    this.#lost = false;
    this.ears.line("open");
  }

  /** @param {Ending} why */
  #end(why) {
    this.stop();
    this.ears.line("ended", why);
  }
}
