/** What the results need to say in words: how the query was read, that nothing was found, that something failed. */

import { ApiProblem } from "./api.js";
import { button, h, link, svg } from "./dom.js";
import { texts } from "./i18n.js";
import { href, view } from "./state.js";

/**
 * @typedef {import("./state.js").View} View
 * @typedef {{id: string, name: string}} NamedCatalog
 */

/**
 * Say how the query was understood, where that differs from what was typed.
 * @param {View} shown
 * @param {import("./api.js").SearchAnswer["interpretation"]} interpretation
 * @returns {HTMLElement[]}
 */
export function interpretationNotices(shown, { corrected_query: corrected, relaxed, part_number: partNumber }) {
  const t = texts();
  const notices = [];
  if (corrected) {
    const exact = link(href({ ...shown, query: corrected, page: 1 }), {}, h("strong", {}, corrected));
    const [before, , after] = t.corrected(corrected);
    notices.push(
      h(
        "p",
        { class: "notice" },
        before,
        exact,
        after,
        " ",
        h("span", { class: "notice-aside" }, t.typed(shown.query)),
      ),
    );
  }
  if (relaxed?.length) notices.push(h("p", { class: "notice" }, emphasised(t.relaxed(relaxed.join(", ")))));
  if (partNumber) notices.push(h("p", { class: "notice" }, emphasised(t.partNumber(shown.query))));
  return notices;
}

/**
 * Say that nothing was found, with ways out.
 * @param {View} shown
 * @param {NamedCatalog} catalog
 * @param {NamedCatalog[]} others
 * @returns {HTMLElement}
 */
export function emptyState(shown, catalog, others) {
  const t = texts();
  const filtered = shown.choices.length > 0;
  return h(
    "div",
    { class: "state" },
    sign("M10 21a11 11 0 1 0 22 0 11 11 0 0 0-22 0M29 29l10 10M17 21h8"),
    h("h2", {}, t.noResultsTitle),
    h("p", {}, shown.query && !filtered ? t.noResultsFor(shown.query) : t.noResultsFiltered),
    shown.query && h("p", { class: "state-hint" }, t.noResultsHint),
    h(
      "p",
      { class: "state-ways" },
      filtered && link(href({ ...shown, choices: [], page: 1 }), { class: "button" }, t.withoutFilters),
      link(
        href(view({ catalog: catalog.id })),
        { class: filtered ? "button button-second" : "button" },
        t.browseAll(catalog.name),
      ),
      shown.query &&
        others
          .slice(0, 2)
          .map((other) =>
            link(
              href(view({ catalog: other.id, query: shown.query })),
              { class: "button button-second" },
              t.tryCatalog(other.name),
            ),
          ),
    ),
  );
}

/**
 * Show a problem in the service's own words: it says what is wrong and how to mend it.
 * @param {unknown} error
 * @param {() => void} retry
 * @returns {HTMLElement}
 */
export function problemState(error, retry) {
  const t = texts();
  const problem =
    error instanceof ApiProblem ? error : new ApiProblem({ status: 0, code: "script", title: String(error) });
  const unreachable = problem.code === "unreachable";
  // Asking again cannot mend what was asked wrongly.
  const worthRetrying = problem.status === 0 || problem.status === 429 || problem.status >= 500;
  return h(
    "div",
    { class: "state", role: "alert" },
    sign("M24 8 43 40H5zM24 20v9M24 34v1"),
    h("h2", {}, unreachable ? t.unreachableTitle : problem.title || t.errorTitle),
    h("p", {}, unreachable ? t.unreachableDetail : problem.detail),
    h(
      "p",
      { class: "state-ways" },
      worthRetrying && button({ class: "button" }, retry, t.tryAgain),
      link("./", { class: worthRetrying ? "button button-second" : "button" }, t.startOver),
    ),
  );
}

/** @param {string[]} parts  before, the word that matters, after */
function emphasised([before, word, after]) {
  return [before, h("strong", {}, word), after];
}

/** @param {string} path */
function sign(path) {
  return svg("svg", { viewBox: "0 0 48 48", class: "state-sign", "aria-hidden": "true" }, svg("path", { d: path }));
}
