// @entry staff
/**
 * The duty desk keeps itself up to date: every few seconds the board is asked for, and only what changed is put in.
 * Forms, focus and what somebody reads stay where they are; a new alert is said once, nothing else is.
 */
const ASK_MS = 4000;
/** Answers missed before the page says that it is old. */
const MISSES = 2;

/** @param {HTMLElement} element */
export function start(element) {
  const board = /** @type {HTMLElement} */ (element.querySelector("[data-board]"));
  const say = /** @type {HTMLElement} */ (element.querySelector("[data-say]"));
  const stale = /** @type {HTMLElement} */ (element.querySelector("[data-stale]"));
  let misses = 0;
  let heard = new Date();
  let asking = setTimeout(ask, ASK_MS);
  return () => clearTimeout(asking);

  async function ask() {
    try {
      const answer = await fetch(element.dataset.nowUrl ?? "", { signal: AbortSignal.timeout(ASK_MS) });
      if (!answer.ok || answer.redirected) throw new Error("no board");
      const fresh = document.createElement("template");
      fresh.innerHTML = await answer.text();
      const news = follow(board, fresh.content);
      if (news.length) say.textContent = (element.dataset.news ?? "").replace("%(what)s", news.join(" · "));
      [misses, heard] = [0, new Date()];
    } catch {
      misses += 1;
    }
    const old = misses >= MISSES;
    if (old && stale.hidden) {
      const at = heard.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
      stale.textContent = (element.dataset.lost ?? "").replace("%(at)s", at);
    }
    stale.hidden = !old;
    asking = setTimeout(ask, ASK_MS);
  }
}

/**
 * Bring the board to what `fresh` says; gives the titles of what is new in lists that are announced.
 *
 * @param {HTMLElement} board
 * @param {DocumentFragment} fresh
 */
function follow(board, fresh) {
  /** @type {string[]} */
  const news = [];
  for (const list of fresh.querySelectorAll("[data-keyed]")) {
    const here = board.querySelector(`#${CSS.escape(list.id)}`);
    if (here) news.push(...keep(here, list));
  }
  for (const piece of fresh.querySelectorAll("[data-piece]")) {
    const here = board.querySelector(`#${CSS.escape(piece.id)}`);
    if (here && here.innerHTML !== piece.innerHTML) here.innerHTML = piece.innerHTML;
  }
  return news;
}

/**
 * The same items in the same order, each node kept as long as its item is there.
 *
 * @param {Element} here
 * @param {Element} list
 */
function keep(here, list) {
  /** @type {string[]} */
  const news = [];
  const wanted = [...list.children];
  for (const item of [...here.children]) {
    if (!wanted.some((one) => one.id === item.id) && !item.contains(document.activeElement)) item.remove();
  }
  let last = /** @type {Element | null} */ (null);
  for (const one of wanted) {
    let item = [...here.children].find((known) => known.id === one.id);
    if (!item) {
      item = /** @type {Element} */ (one.cloneNode(true));
      const title = here.hasAttribute("data-announced") && item.querySelector("[data-title]")?.textContent;
      if (title) news.push(title);
    }
    const place = last ? last.nextElementSibling : here.firstElementChild;
    // Moving a node takes its focus away: who is in it stays there, the order waits.
    if (place !== item && !item.contains(document.activeElement)) here.insertBefore(item, place);
    last = item;
  }
  return news;
}
