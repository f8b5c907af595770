// @entry staff
/** A search box above a table that hides rows without the words; for lists already shown whole on the page. */

let made = 0;

/** @param {HTMLElement} element */
export function start(element) {
  const rows = [...element.querySelectorAll("tbody tr")].filter((row) => row instanceof HTMLElement);
  if (rows.length < 6) return;
  const { label, input, none } = searchBox(element.dataset.label ?? "", element.dataset.none ?? "");
  element.before(label, input, none);
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent?.toLowerCase() ?? "";
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    }
    none.hidden = shown > 0;
  });
}

/**
 * @param {string} text
 * @param {string} nothing
 */
function searchBox(text, nothing) {
  const label = document.createElement("label");
  label.className = "field__label";
  label.htmlFor = `table-filter-${++made}`;
  label.textContent = text;
  const input = document.createElement("input");
  input.type = "search";
  input.id = label.htmlFor;
  input.className = "input table-filter";
  const none = document.createElement("p");
  none.className = "soft";
  none.setAttribute("role", "status");
  none.textContent = nothing;
  none.hidden = true;
  return { label, input, none };
}
