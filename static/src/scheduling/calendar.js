/**
 * The calendar as a grid, from the same rows as the list below it. The library comes as a chunk of its own.
 *
 * For eye and mouse only: its roles are no table that a screen reader could walk; the list says the same, and its
 * links move a booking by keyboard. A drag asks the server, which alone decides; what it refuses snaps back.
 *
 * Instants arrive as the organisation's wall clock, so that the grid shows 09:00 wherever the browser is.
 */

const FIRST_HOUR = "08:00:00";
const LAST_HOUR = "18:30:00";
const DRAGGED_PX = 4;
const NARROW = "(max-width: 48rem)";
/** @type {Record<string, string>} */
const VIEWS = { week: "timeGridWeek", day: "timeGridDay", columns: "resourceTimeGridDay" };

/**
 * @typedef {{ start: Date, end: Date, extendedProps: Record<string, unknown> }} Moved
 * @typedef {{ event: Moved, newResource?: { id: string | number }, revert: () => void }} Change
 * @typedef {{ question?: string[], done?: string, problem?: { message: string } }} Answer
 */

/** @param {HTMLElement} element */
export async function start(element) {
  if (window.matchMedia(NARROW).matches) return; // on a phone the list reads better
  const { createCalendar, Interaction, ResourceTimeGrid, TimeGrid } = await import("@event-calendar/core");
  const { events = "", date = "", view = "week", columns = "[]", locale = "zh-CN" } = element.dataset;
  element.setAttribute("aria-hidden", "true");
  follow(element);
  /** @param {Change} change */
  const moved = (change) => void move(element, change);
  createCalendar(element, [TimeGrid, ResourceTimeGrid, Interaction], {
    view: VIEWS[view],
    date,
    locale,
    firstDay: 1,
    allDaySlot: false,
    slotMinTime: FIRST_HOUR,
    slotMaxTime: LAST_HOUR,
    flexibleSlotTimeLimits: { eventFilter: (event) => event.display !== "background" },
    slotDuration: "00:30:00",
    slotHeight: 36,
    snapDuration: "00:15:00",
    height: "auto",
    headerToolbar: { start: "", center: "", end: "" },
    dayHeaderFormat: { weekday: "short", month: "numeric", day: "numeric" },
    slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    nowIndicator: true,
    resources: JSON.parse(columns),
    eventSources: [{ url: events, method: "GET" }],
    eventContent: (info) => (info.event.display === "background" ? { domNodes: [why(String(info.event.title))] } : undefined),
    eventDidMount: (info) => {
      info.el.title = String(info.event.title);
      if (info.event.display === "background") return;
      info.el.dataset.booking = String(info.event.id);
      info.el.dataset.url = String(info.event.extendedProps.url);
    },
    eventDrop: moved,
    eventResize: moved,
  });
}

/**
 * A click leads to the case. Not by the library's own option, which makes what is hidden from readers focusable.
 *
 * @param {HTMLElement} element
 */
function follow(element) {
  let from = { x: 0, y: 0 };
  element.addEventListener("pointerdown", ({ clientX, clientY }) => {
    from = { x: clientX, y: clientY };
  });
  element.addEventListener("click", ({ target, clientX, clientY }) => {
    const event = target instanceof Element ? target.closest("[data-url]") : null;
    const dragged = Math.hypot(clientX - from.x, clientY - from.y) > DRAGGED_PX;
    if (event instanceof HTMLElement && event.dataset.url && !dragged) window.location.assign(event.dataset.url);
  });
}

/** @param {string} text */
function why(text) {
  const span = document.createElement("span");
  span.textContent = text;
  return span;
}

/**
 * Ask the server, then the person, then do it; the page is loaded anew, so that grid and list say the same.
 *
 * @param {HTMLElement} element
 * @param {Change} change
 */
async function move(element, change) {
  say("");
  const asked = await send(element, change, false);
  if (asked.question?.length && (await confirmed(asked.question))) {
    const done = await send(element, change, true);
    if (done.done) {
      window.location.reload();
      return;
    }
    say(done.problem?.message ?? "");
  } else {
    say(asked.problem?.message ?? "");
  }
  change.revert();
}

/**
 * @param {HTMLElement} element
 * @param {Change} change
 * @param {boolean} sure
 * @returns {Promise<Answer>}
 */
async function send(element, { event, newResource }, sure) {
  const about = event.extendedProps;
  const column = String(newResource?.id ?? "");
  const { of, lost = "" } = element.dataset;
  const body = new URLSearchParams({
    day: `${event.start.getFullYear()}-${two(event.start.getMonth() + 1)}-${two(event.start.getDate())}`,
    time: `${two(event.start.getHours())}:${two(event.start.getMinutes())}`,
    minutes: String((event.end.getTime() - event.start.getTime()) / 60_000),
    at: (of === "rooms" && column) || String(about.at),
    mediator: (of === "mediators" && column) || String(about.mediator),
    sequence: String(about.sequence),
    sure: sure ? "1" : "",
  });
  const csrf = document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") ?? "";
  try {
    const headers = { Accept: "application/json", "X-CSRFToken": csrf };
    const answer = await fetch(String(about.change), { method: "POST", headers, body });
    return /** @type {Answer} */ (await answer.json());
  } catch {
    return { problem: { message: lost } };
  }
}

/** @param {number} number */
function two(number) {
  return String(number).padStart(2, "0");
}

/**
 * @param {string[]} lines
 * @returns {Promise<boolean>}
 */
function confirmed(lines) {
  const dialog = document.getElementById("ask-move");
  if (!(dialog instanceof HTMLDialogElement)) return Promise.resolve(false);
  dialog.querySelector("ul")?.replaceChildren(
    ...lines.map((line) => {
      const item = document.createElement("li");
      item.textContent = line;
      return item;
    }),
  );
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/** @param {string} text */
function say(text) {
  const place = document.getElementById("move-refused");
  if (!place) return;
  place.className = text ? "alert alert--warning" : "";
  place.textContent = text;
}
