/**
 * What is true now, decided from what the server said and what this device measures. Pure: the view only writes it.
 *
 * @typedef {import("../messages.js").State} State
 * @typedef {import("../messages.js").SeatView} SeatView
 * @typedef {import("./socket.js").Line} Line
 * @typedef {import("./socket.js").Ending} Ending
 * @typedef {import("./words.js").Words} Words
 * @typedef {"connecting" | "check" | "waiting" | "call" | "over"} Screen
 * @typedef {{ tone: "good" | "calm" | "warning" | "danger", text: string }} Truth
 *
 * @typedef {object} Facts
 * @property {State | null} state
 * @property {Line | "new"} line
 * @property {Ending | null} ending
 * @property {boolean} media packets flow between this device and `live`
 * @property {boolean} hasMicrophone
 */
import { spared } from "./reception.js";

/**
 * @param {Facts} facts
 * @returns {Screen}
 */
export function screenOf({ state, ending }) {
  if (ending) return "over";
  if (!state) return "connecting";
  if (state.hearing.state === "closed" || state.hearing.state === "cancelled" || state.you.state === "left") return "over";
  if (state.you.room !== "waiting" && state.you.state === "in_room") return "call";
  if (state.you.state === "waiting") return "waiting";
  // Line lost and found again before `live` noticed: stay where the room says one is.
  if (state.you.state === "disconnected") return state.you.room === "waiting" ? "waiting" : "call";
  return "check";
}

/**
 * The one sentence above the faces: who hears me.
 *
 * @param {Facts} facts
 * @param {Words} words
 * @returns {Truth}
 */
export function heardBy(facts, words) {
  const { state } = facts;
  if (facts.line !== "open") return { tone: "danger", text: words.say("truth.line_lost") };
  if (!state) return { tone: "calm", text: words.say("truth.nobody") };
  if (state.you.room === "waiting") {
    return { tone: "calm", text: words.say(state.hearing.state === "suspended" ? "truth.suspended" : "truth.waiting") };
  }
  if (state.hearing.state === "paused") return { tone: "warning", text: words.say("truth.paused") };
  if (state.hearing.begins_at) return { tone: "calm", text: words.say("truth.begins") };
  if (state.hearing.state !== "in_session") return { tone: "calm", text: words.say("truth.not_started") };
  if (!facts.media) return { tone: "warning", text: words.say("truth.media_lost") };
  if (state.you.muted) return { tone: "warning", text: words.say(state.you.mute_locked ? "truth.muted" : "truth.muted_open") };
  if (!facts.hasMicrophone) return { tone: "calm", text: words.say("truth.no_microphone") };
  if (!state.you.mic_on) return { tone: "warning", text: words.say("truth.mic_off") };
  const names = hearers(state).map((seat) => seat.name);
  if (!state.you.heard || !names.length) return { tone: "calm", text: words.say(away(state) ? "truth.away" : "truth.nobody") };
  if (apart(state)) return { tone: "good", text: words.say("truth.heard_apart", { names: words.list(names) }) };
  return { tone: "good", text: words.say("truth.heard", { names: words.list(names) }) };
}

/** @param {State} state in a room apart */
function apart(state) {
  return state.you.room !== "waiting" && state.you.room !== "main";
}

/** @param {State} state the mediator is in another room */
function away(state) {
  return state.seats.some((seat) => seat.role === "neutral" && seat.state === "in_room" && !seat.same_room);
}

/**
 * Who hears this person as far as the hearing lets: not those who only read.
 *
 * @param {State} state
 * @returns {SeatView[]}
 */
export function hearers(state) {
  return state.seats.filter((seat) => seat.same_room && seat.state === "in_room" && seat.receives !== "text");
}

/**
 * Those whose place is on the screen: also while their line is lost, because they come back.
 *
 * @param {State} state
 * @returns {SeatView[]}
 */
export function present(state) {
  return state.seats.filter((seat) => seat.same_room && (seat.state === "in_room" || seat.state === "disconnected"));
}

/**
 * What changed between two pictures that a person should hear about.
 *
 * @param {State | null} before
 * @param {State} now
 * @param {Words} words
 * @returns {string[]}
 */
export function news(before, now, words) {
  if (!before) return [];
  const sentences = [];
  const over = now.hearing.state === "closed" || now.hearing.state === "cancelled";
  if (over) return before.hearing.state === now.hearing.state ? [] : [words.say(`news.hearing.${now.hearing.state}`)];
  if (before.hearing.state !== now.hearing.state) sentences.push(words.say(`news.hearing.${now.hearing.state}`));
  if (before.you.room === "waiting" && now.you.room !== "waiting") sentences.push(words.say("news.admitted"));
  if (before.you.room !== "waiting" && now.you.room === "waiting") sentences.push(words.say("news.sent_back"));
  if (before.you.room !== now.you.room && before.you.room !== "waiting" && now.you.room !== "waiting") {
    sentences.push(words.say(apart(now) ? "news.apart" : "news.together"));
  }
  if (now.caucuses.some((one) => one.asked && !before.caucuses.some((old) => old.id === one.id && old.asked))) {
    sentences.push(words.say("news.asked"));
  }
  sentences.push(...newsOfOneself(before, now, words), ...newsOfLine(before, now, words));
  const known = new Map(before.seats.map((seat) => [seat.id, seat]));
  for (const seat of now.seats) sentences.push(...newsOf(known.get(seat.id), seat, words));
  return sentences.filter(Boolean);
}

/**
 * What the mediator did with one's own seat, and the seconds before the beginning.
 *
 * @param {State} before
 * @param {State} now
 * @param {Words} words
 */
function newsOfOneself(before, now, words) {
  const sentences = [];
  const [was, is] = [muting(before.you), muting(now.you)];
  if (was !== is) sentences.push(words.say(`news.${is}`));
  if (before.you.hand_raised_at && !now.you.hand_raised_at && now.you.room !== "waiting") sentences.push(words.say("news.hand_lowered"));
  if (now.you.hand_place && before.you.hand_place !== now.you.hand_place) {
    sentences.push(words.say("news.hand_place", { n: now.you.hand_place }));
  }
  if (before.you.sharing !== now.you.sharing) sentences.push(words.say(now.you.sharing ? "news.own_screen" : "news.own_screen_gone"));
  if (before.you.role !== now.you.role) sentences.push(words.say(now.you.role === "neutral" ? "news.chair" : "news.chair_gone"));
  if (now.hearing.begins_at && !before.hearing.begins_at) {
    const n = Math.max(1, Math.round((Date.parse(now.hearing.begins_at) - Date.parse(now.now)) / 1000));
    sentences.push(words.say("news.begins", { n }));
  }
  const stopped = before.hearing.begins_at && !now.hearing.begins_at && now.hearing.state === "open";
  if (stopped) sentences.push(words.say("news.begins_not"));
  return sentences;
}

/**
 * What a slow line is spared, and that it is spared nothing any more.
 *
 * @param {State} before
 * @param {State} now
 * @param {Words} words
 */
function newsOfLine(before, now, words) {
  const [was, is] = [spared(before.you), spared(now.you)];
  if (was === is) return [];
  return [words.say(is || "news.pictures_back")];
}

/** @param {State["you"]} you */
function muting(you) {
  if (!you.muted) return "unmuted";
  return you.mute_locked ? "muted" : "muted_open";
}

/**
 * @param {SeatView | undefined} before
 * @param {SeatView} now
 * @param {Words} words
 */
function newsOf(before, now, words) {
  const sentences = [];
  const name = now.name;
  if (before?.state !== now.state) {
    if (now.same_room && now.state === "in_room") sentences.push(words.say("news.joined", { name }));
    else if (now.state === "waiting") sentences.push(words.say("news.waits", { name }));
    else if (before?.same_room && now.state === "disconnected") sentences.push(words.say("news.lost", { name }));
    else if (before && now.state === "left") sentences.push(words.say("news.left", { name }));
  }
  if (now.signalled_at && !before?.signalled_at) sentences.push(words.say("news.signal", { name }));
  if (before && before.sharing !== now.sharing) sentences.push(words.say(now.sharing ? "news.screen" : "news.screen_gone", { name }));
  if (before && before.role !== now.role && now.role === "neutral") sentences.push(words.say("news.chairs", { name }));
  if (now.hand_raised_at && !before?.hand_raised_at) sentences.push(words.say("news.hand", { name }));
  return sentences;
}
