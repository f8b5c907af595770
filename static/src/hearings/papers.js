/**
 * The paper on the table: everybody in the room sees the page that is shown, may look at another one by themselves and
 * come back, and looks as close as they need. Whoever shows it turns and points.
 *
 * @typedef {import("../messages.js").State} State
 * @typedef {import("../messages.js").PaperView} PaperView
 * @typedef {import("../messages.js").ClientMessage} ClientMessage
 * @typedef {import("./words.js").Words} Words
 */
import { all, mark, one, show, write } from "./dom.js";

const ZOOMS = [1, 1.5, 2, 3];
/** Screen pixels that the small picture of a page is sharp for. */
const SMALL = 900;
const AGAIN_MS = 2500;
const TRIES = 4;
/** How far the marker goes with one key, in thousandths of the page. */
const STEP = 50;

export class Papers {
  /** @type {PaperView | null} */
  #paper = null;
  /** The page that this viewer turned to by themselves; null: follows. @type {number | null} */
  #own = null;
  #zoom = 0;
  #wanted = "";
  /** @type {number | undefined} */
  #again;

  /**
   * @param {HTMLElement} room
   * @param {Words} words
   * @param {{ send: (message: ClientMessage) => boolean, say: (sentences: string[]) => void }} does
   */
  constructor(room, words, does) {
    this.room = room;
    this.words = words;
    this.does = does;
    this.address = room.dataset.papersUrl ?? "";
    this.table = one(room, "[data-paper]");
    this.view = one(this.table, "[data-paper-view]");
    this.sheet = one(this.table, "[data-paper-sheet]");
    this.image = /** @type {HTMLImageElement} */ (one(this.table, "[data-paper-picture]"));
    this.text = /** @type {HTMLDetailsElement} */ (one(this.table, "[data-paper-words]"));
    this.#on("back", () => this.#turn(-1));
    this.#on("next", () => this.#turn(1));
    this.#on("closer", () => this.#closer(1));
    this.#on("farther", () => this.#closer(-1));
    this.#on("follow", () => this.#follow());
    this.#on("unmark", () => void this.does.send({ type: "paper", step: "unmark" }));
    this.#on("close", () => void this.does.send({ type: "paper", step: "close" }));
    this.image.addEventListener("click", (event) => this.#point(event));
    this.view.addEventListener("keydown", (event) => this.#key(event));
    this.text.addEventListener("toggle", () => void this.#read());
  }

  stop() {
    clearTimeout(this.#again);
  }

  /** @param {State} state */
  draw(state) {
    const before = this.#paper;
    const paper = (this.#paper = state.paper);
    show(this.table, !!paper);
    this.room.toggleAttribute("data-paper-there", !!paper);
    if (paper?.id !== before?.id) {
      this.#own = null;
      this.#zoom = 0;
      this.#empty();
    }
    if (!paper) {
      if (before) this.does.say([this.words.say("paper.gone")]);
      return;
    }
    // What was open to oneself may be so no more.
    if (this.#own !== null && !paper.pages.includes(this.#own)) this.#own = null;
    this.#drawHead(paper);
    for (const part of all(this.table, "[data-paper-for-viewers]")) show(part, paper.may_see);
    if (paper.may_see) this.#drawPage(paper);
    this.#tell(before, paper);
  }

  /** @param {PaperView} paper */
  #drawHead(paper) {
    const { words } = this;
    write(one(this.table, "[data-paper-title]"), paper.may_see ? paper.title : words.say("paper.not_for_you"));
    write(one(this.table, "[data-paper-by]"), paper.own ? words.say("paper.by_you") : words.say("paper.by", { name: paper.name }));
    const blind = one(this.table, "[data-paper-blind]");
    show(blind, paper.blind.length > 0);
    write(one(blind, "[data-names]"), words.say("paper.blind", { names: words.list([...paper.blind]) }));
    show(one(this.table, '[data-paper-do="close"]'), paper.steps.includes("close"));
    show(one(this.table, '[data-paper-do="unmark"]'), paper.steps.includes("unmark"));
  }

  /** @param {PaperView} paper */
  #drawPage(paper) {
    const page = this.#own ?? paper.page;
    const many = paper.n_pages > 1;
    write(one(this.table, "[data-paper-at]"), this.words.say("paper.page", { n: page, of: paper.n_pages }));
    for (const [name, to] of /** @type {[string, number][]} */ ([["back", page - 1], ["next", page + 1]])) {
      const button = one(this.table, `[data-paper-do="${name}"]`);
      show(button, many);
      mark(button, "aria-disabled", String(!this.#may(paper, to)));
    }
    show(one(this.table, "[data-paper-alone]"), this.#own !== null);
    write(one(this.table, "[data-paper-alone-words]"), this.words.say("paper.alone", { n: page, shown: paper.page }));
    mark(one(this.table, '[data-paper-do="farther"]'), "aria-disabled", String(this.#zoom === 0));
    mark(one(this.table, '[data-paper-do="closer"]'), "aria-disabled", String(this.#zoom === ZOOMS.length - 1));
    this.sheet.style.setProperty("--closer", String(ZOOMS[this.#zoom]));
    mark(this.sheet, "data-points", String(paper.own));
    this.#drawMark(paper, page);
    this.#load(paper, page);
  }

  /** @param {PaperView} paper @param {number} page */
  #drawMark({ mark_x, mark_y, page: shown }, page) {
    const spot = one(this.table, "[data-paper-mark]");
    const there = mark_x !== null && mark_y !== null && page === shown;
    show(spot, there);
    if (!there) return;
    spot.style.setProperty("--x", String(mark_x / 1000));
    spot.style.setProperty("--y", String(mark_y / 1000));
  }

  /**
   * The page before stays in sight until the new one is here.
   *
   * @param {PaperView} paper
   * @param {number} page
   */
  #load(paper, page) {
    const wide = this.view.clientWidth * (ZOOMS[this.#zoom] ?? 1) * devicePixelRatio > SMALL;
    const key = `${paper.id}/${page}/${wide ? "large" : "small"}`;
    if (key === this.#wanted) return;
    this.#wanted = key;
    void this.#fetch(key, page, paper, 1);
    void this.#read();
  }

  /** @param {string} key @param {number} page @param {PaperView} paper @param {number} nth */
  async #fetch(key, page, paper, nth) {
    clearTimeout(this.#again);
    mark(this.view, "aria-busy", "true");
    const next = new Image();
    next.src = `${this.address}/${key}`;
    const came = await next.decode().then(() => true, () => false);
    if (key !== this.#wanted) return;
    show(one(this.table, "[data-paper-failed]"), !came);
    mark(this.view, "aria-busy", String(!came));
    if (!came) {
      if (nth < TRIES) this.#again = setTimeout(() => void this.#fetch(key, page, paper, nth + 1), AGAIN_MS);
      return;
    }
    this.image.src = next.src;
    this.image.width = next.naturalWidth;
    this.image.height = next.naturalHeight;
    this.image.alt = this.words.say("paper.alt", { title: paper.title, n: page, of: paper.n_pages });
    show(this.image, true);
    mark(this.table, "data-page-here", String(page));
  }

  #empty() {
    clearTimeout(this.#again);
    this.#wanted = "";
    show(this.image, false);
    this.image.removeAttribute("src");
    this.table.removeAttribute("data-page-here");
    write(one(this.text, "[data-words]"), "");
  }

  /** The words of the page, for those who want them. */
  async #read() {
    const paper = this.#paper;
    if (!this.text.open || !paper?.may_see) return;
    const page = this.#own ?? paper.page;
    const answer = await fetch(`${this.address}/${paper.id}/${page}/text`).catch(() => null);
    if (!answer?.ok || this.#paper?.id !== paper.id || (this.#own ?? this.#paper.page) !== page) return;
    write(one(this.text, "[data-words]"), (await answer.text()) || this.words.say("paper.no_words"));
  }

  /** @param {PaperView} paper @param {number} page */
  #may(paper, page) {
    if (page < 1 || page > paper.n_pages) return false;
    return paper.own ? paper.steps.includes("turn") : paper.pages.includes(page);
  }

  /** @param {number} by */
  #turn(by) {
    const paper = this.#paper;
    if (!paper?.may_see) return;
    const page = (this.#own ?? paper.page) + by;
    if (!this.#may(paper, page)) return;
    if (paper.own) {
      this.does.send({ type: "paper", step: "turn", page });
      return;
    }
    const left = this.#own === null;
    this.#own = page;
    this.#drawPage(paper);
    this.does.say([
      left
        ? this.words.say("paper.alone", { n: page, shown: paper.page })
        : this.words.say("paper.page", { n: page, of: paper.n_pages }),
    ]);
  }

  #follow() {
    this.#own = null;
    if (!this.#paper) return;
    this.#drawPage(this.#paper);
    this.does.say([this.words.say("paper.follows", { n: this.#paper.page })]);
    this.view.focus({ preventScroll: true });
  }

  /** @param {number} by */
  #closer(by) {
    const zoom = this.#zoom + by;
    if (!this.#paper?.may_see || zoom < 0 || zoom >= ZOOMS.length) return;
    // What stood in the middle stays there.
    const { view } = this;
    const [x, y] = [(view.scrollLeft + view.clientWidth / 2) / view.scrollWidth, (view.scrollTop + view.clientHeight / 2) / view.scrollHeight];
    this.#zoom = zoom;
    this.#drawPage(this.#paper);
    view.scrollTo(x * view.scrollWidth - view.clientWidth / 2, y * view.scrollHeight - view.clientHeight / 2);
  }

  /** @param {MouseEvent} event */
  #point(event) {
    if (!this.#paper?.steps.includes("mark")) return;
    const place = this.image.getBoundingClientRect();
    this.#mark((event.clientX - place.left) / place.width, (event.clientY - place.top) / place.height);
  }

  /** @param {number} x @param {number} y 0 to 1 */
  #mark(x, y) {
    const at = (/** @type {number} */ part) => Math.round(Math.min(1, Math.max(0, part)) * 1000);
    this.does.send({ type: "paper", step: "mark", x: at(x), y: at(y) });
  }

  /** Turn, look closer, point: everything by keys too. @param {KeyboardEvent} event */
  #key(event) {
    const steps = /** @type {Record<string, () => void>} */ ({
      PageUp: () => this.#turn(-1),
      PageDown: () => this.#turn(1),
      "+": () => this.#closer(1),
      "-": () => this.#closer(-1),
    });
    const arrows = /** @type {Record<string, [number, number]>} */ ({
      ArrowLeft: [-STEP, 0],
      ArrowRight: [STEP, 0],
      ArrowUp: [0, -STEP],
      ArrowDown: [0, STEP],
    });
    const arrow = event.shiftKey ? arrows[event.key] : undefined;
    if (arrow && this.#paper?.steps.includes("mark")) {
      const { mark_x, mark_y } = this.#paper;
      this.#mark(((mark_x ?? 500) + arrow[0]) / 1000, ((mark_y ?? 500) + arrow[1]) / 1000);
    } else if (steps[event.key]) {
      steps[event.key]?.();
    } else return;
    event.preventDefault();
  }

  /**
   * What a person who does not look at it now has to know.
   *
   * @param {PaperView | null} before
   * @param {PaperView} paper
   */
  #tell(before, paper) {
    const { words } = this;
    const at = words.say("paper.page", { n: paper.page, of: paper.n_pages });
    if (before?.id !== paper.id) {
      if (!paper.own) this.does.say([paper.may_see ? words.say("paper.came", { name: paper.name, title: paper.title }) : words.say("paper.not_for_you")]);
      else this.does.say([words.say("paper.own_came", { title: paper.title })]);
    } else if (before.page !== paper.page && this.#own === null) this.does.say([at]);
  }

  /** @param {string} name @param {() => void} act */
  #on(name, act) {
    const button = one(this.table, `[data-paper-do="${name}"]`);
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled") !== "true") act();
    });
  }
}
