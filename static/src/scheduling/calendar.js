/**
 * The week as a grid, from the same rows as the list below it. The library comes as a chunk of its own.
 *
 * For eye and mouse only: its roles are no table that a screen reader could walk, and the list says the same.
 *
 * Instants arrive as the organisation's wall clock, so that the grid shows 09:00 wherever the browser is.
 */

const FIRST_HOUR = "08:00:00";
const LAST_HOUR = "21:00:00";
const NARROW = "(max-width: 48rem)";

/** @param {HTMLElement} element */
export async function start(element) {
  if (window.matchMedia(NARROW).matches) return; // on a phone the list reads better
  const { createCalendar, TimeGrid } = await import("@event-calendar/core");
  const { events = "", date = "", locale = "zh-CN" } = element.dataset;
  element.setAttribute("aria-hidden", "true");
  createCalendar(element, [TimeGrid], {
    view: "timeGridWeek",
    date,
    locale,
    firstDay: 1,
    allDaySlot: false,
    slotMinTime: FIRST_HOUR,
    slotMaxTime: LAST_HOUR,
    slotDuration: "00:30:00",
    slotHeight: 26,
    height: "auto",
    headerToolbar: { start: "", center: "", end: "" },
    dayHeaderFormat: { weekday: "short", month: "numeric", day: "numeric" },
    slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    nowIndicator: element.dataset.today === date,
    eventSources: [{ url: events, method: "GET" }],
    /** @param {{ el: HTMLElement }} info */
    eventDidMount: (info) => {
      info.el.tabIndex = -1;
    },
    /** @param {{ event: { extendedProps?: { url?: string } } }} info */
    eventClick: (info) => {
      const url = info.event.extendedProps?.url;
      if (url) window.location.assign(url);
    },
  });
}
