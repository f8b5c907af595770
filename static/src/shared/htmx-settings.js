/**
 * htmx under a strict content security policy: nothing evaluated, no style element written by script.
 *
 * A 422 is our invalid form sent back and must be shown; other faults leave the page as it was.
 *
 * @param {typeof import("htmx.org").default} htmx
 */
export function configure(htmx) {
  Object.assign(htmx.config, {
    allowEval: false,
    allowScriptTags: false,
    includeIndicatorStyles: false,
    selfRequestsOnly: true,
    historyCacheSize: 0,
    responseHandling: [
      { code: "204", swap: false },
      { code: "[23]..", swap: true },
      { code: "422", swap: true },
      { code: "[45]..", swap: false, error: true },
    ],
  });
}
