/** The page of results: asks, and shows the answer with its facets, chips, notices and pages. */

import { search } from "./api.js";
import { card, cardOutlines } from "./cards.js";
import { catalogNamed } from "./catalogs.js";
import { chips } from "./chips.js";
import { createComparisonTray } from "./comparison_tray.js";
import { button, h, link, replaceKeepingFocus } from "./dom.js";
import { createDrawer } from "./drawer.js";
import { createFacets } from "./facets.js";
import { createGuide } from "./guide.js";
import { texts } from "./i18n.js";
import { latestOnly } from "./latest.js";
import { emptyState, interpretationNotices, problemState } from "./notices.js";
import { pager } from "./pager.js";
import { searchRequest } from "./search_request.js";
import { buyer } from "./session.js";
import { SORTS, href, isHome, toggled } from "./state.js";
import { understoodParts, without } from "./understood.js";
import { createUnits } from "./units.js";
import { viewedProducts } from "./viewed.js";

/**
 * @typedef {import("./api.js").SearchAnswer} SearchAnswer
 * @typedef {import("./router.js").Arrival} Arrival
 * @typedef {import("./state.js").View} View
 */

/**
 * Make the page of results.
 * @param {import("./router.js").Router} router
 * @param {import("./api.js").Catalog[]} catalogs
 */
export function createSearchPage(router, catalogs) {
  const t = texts();
  const newest = latestOnly();
  /** @type {View} */
  let shown = router.current();

  /** @param {import("./state.js").Choice} choice */
  const toggle = (choice) => router.go(toggled(shown, choice));

  const facets = createFacets(toggle);
  const sidebar = h("aside", { class: "sidebar", "aria-label": t.filters }, facets.element);
  const drawer = createDrawer(facets.element);
  const guide = createGuide();
  const toMap = link("?", { class: "button button-second" }, t.mapOpen);

  const title = h("h1", { id: "results-title", tabindex: -1 });
  const count = h("p", { class: "results-count", role: "status" });
  const filtersButton = button(
    { class: "button button-second open-filters", "aria-haspopup": "dialog" },
    () => drawer.open(),
    "",
  );
  const sort = h(
    "select",
    { id: "sort" },
    SORTS.map((value) => h("option", { value }, t.sortNames[value])),
  );
  sort.addEventListener("change", () => router.go({ ...shown, sort: sort.value, page: 1 }));

  const chipBar = h("div", { class: "chips" });
  const notices = h("div", { class: "notices" });
  const grid = h("ul", { class: "cards", "aria-label": t.results }, cardOutlines(12));
  const state = h("div", {});
  const units = createUnits({ apart: true });
  const pages = h("div", {});
  const tray = createComparisonTray(() => shown.catalog);
  const element = h(
    "div",
    { class: "results-page" },
    sidebar,
    guide.element,
    h(
      "section",
      { class: "results", "aria-labelledby": "results-title" },
      h(
        "div",
        { class: "results-head" },
        h("div", { class: "results-heading" }, title, count),
        h(
          "div",
          { class: "toolbar" },
          filtersButton,
          guide.opener,
          toMap,
          h("label", { class: "sort", for: "sort" }, h("span", {}, t.sort), sort),
        ),
      ),
      units.element,
      chipBar,
      notices,
      grid,
      state,
      pages,
      units.more,
      tray.element,
    ),
    drawer.element,
  );

  /** @param {SearchAnswer} answer */
  function draw(answer) {
    const catalog = catalogNamed(catalogs, shown.catalog);
    const { hits, total, interpretation } = answer;
    count.textContent = texts().resultCount(
      total,
      Math.max(1, Math.round(answer.took_ms)),
      answer.total_is_exact !== false,
    );
    filtersButton.textContent = texts().openFilters(shown.choices.length);
    element.classList.toggle("results-alone", !hits.length && !shown.choices.length);
    drawer.update(total);
    facets.update(answer.facets, shown, catalog.currency);
    notices.replaceChildren(...interpretationNotices(shown, interpretation));
    grid.dataset.catalog = shown.catalog;
    grid.dataset.query = answer.query_id;
    grid.replaceChildren(...hits.map((hit, index) => card(hit, shown.catalog, index)));
    grid.hidden = hits.length === 0;
    state.replaceChildren(
      ...(hits.length
        ? []
        : [
            emptyState(
              shown,
              catalog,
              catalogs.filter(({ id }) => id !== catalog.id).map(({ id }) => catalogNamed(catalogs, id)),
            ),
          ]),
    );
    pages.replaceChildren(...pager(shown, total));
    drawChips(answer.facets, catalog.currency, interpretation.constraints);
  }

  /**
   * @param {import("./api.js").Facet[]} known
   * @param {string} currency
   * @param {import("./api.js").Constraint[]} constraints
   */
  function drawChips(known, currency, constraints) {
    const hadFocus = chipBar.contains(document.activeElement);
    const understood = understoodParts(constraints, known, currency);
    const asked = shown;
    /** @param {string} part */
    const takeOut = (part) => router.go({ ...asked, query: without(asked.query, part), page: 1 });
    replaceKeepingFocus(chipBar, ...chips(shown, known, currency, toggle, understood, takeOut));
    // The removed chip had the focus: hand it to its neighbour, or to the results where none is left.
    if (hadFocus && !chipBar.contains(document.activeElement))
      (chipBar.querySelector("button") ?? title).focus({ preventScroll: true });
  }

  /** @param {unknown} error */
  function drawProblem(error) {
    const { currency } = catalogNamed(catalogs, shown.catalog);
    element.classList.toggle("results-alone", !shown.choices.length);
    count.textContent = "";
    notices.replaceChildren();
    grid.replaceChildren();
    grid.hidden = true;
    pages.replaceChildren();
    drawChips([], currency, []);
    state.replaceChildren(problemState(error, () => router.refresh()));
  }

  return {
    element,
    /**
     * Show a view: ask and, unless a newer view came in between, draw.
     * @param {View} next
     * @param {Arrival} arrival
     */
    async show(next, arrival) {
      shown = next;
      const { name } = catalogNamed(catalogs, next.catalog);
      title.textContent = next.query ? texts().resultsFor(next.query) : name;
      document.title = [next.query, name, "Vitrine"].filter(Boolean).join(" – ");
      sort.value = next.sort;
      guide.follow(next);
      toMap.href = href({ ...next, map: true, page: 1, sort: "relevance" });
      tray.draw();
      grid.setAttribute("aria-busy", "true");
      if (isHome(next)) {
        // Who has signed on has a history; a visitor is shown what moves.
        const first = buyer() === "anonymous" || buyer() === null ? ["trending"] : ["buy_again", "for_you", "trending"];
        void units.show(next.catalog, "home", [...first, "recently_viewed", "new_arrivals"], {
          viewed: viewedProducts(next.catalog),
        });
      } else units.clear();
      try {
        const answer = await newest((signal) => search(next.catalog, searchRequest(next), signal));
        if (answer === null) return;
        draw(answer);
      } catch (error) {
        drawProblem(error);
      }
      grid.setAttribute("aria-busy", "false");
      settle(arrival);
    },
    /** The visitor left: an answer on its way is no longer wanted. */
    leave() {
      units.clear();
      drawer.close();
      guide.leave();
      void newest(async () => null);
    },
  };

  /**
   * Put scroll position and focus where the visitor expects them.
   * @param {Arrival} arrival
   */
  function settle({ cause, moved, scroll, opened }) {
    if (cause === "refresh" || (cause === "go" && !moved && scrollY === 0)) return;
    scrollTo({ top: scroll, behavior: "instant" });
    if (!moved) return;
    const openedCard = opened === null ? null : grid.querySelector(`[data-key="${CSS.escape(`product:${opened}`)}"]`);
    (openedCard instanceof HTMLElement ? openedCard : title).focus({ preventScroll: true });
  }
}
