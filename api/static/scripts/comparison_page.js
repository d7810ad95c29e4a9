/** The page of a comparison: what each product is best for, the table, the chart, and better alternatives. */

import { announce } from "./announce.js";
import { compare, comparisonFile } from "./api.js";
import { catalogNamed } from "./catalogs.js";
import { chart } from "./comparison_chart.js";
import { chooseOnly } from "./comparison_choice.js";
import { comparisonTable } from "./comparison_table.js";
import { button, h, link } from "./dom.js";
import { language, texts } from "./i18n.js";
import { latestOnly } from "./latest.js";
import { problemState } from "./notices.js";
import { priceLine } from "./offer.js";
import { href, view } from "./state.js";

/**
 * @typedef {import("./api.js").Comparison} Comparison
 * @typedef {import("./state.js").View} View
 */

/**
 * Make the page.
 * @param {import("./router.js").Router} router
 * @param {import("./api.js").Catalog[]} catalogs
 */
export function createComparisonPage(router, catalogs) {
  const newest = latestOnly();
  const element = h("div", { class: "comparison-page" });
  /** @type {Record<string, number>} */
  let quantities = {};
  let onlyDifferences = false;

  /**
   * @param {View} shown
   * @param {string[]} ids
   */
  const asked = (shown, ids) => ({
    ids,
    locale: language(),
    quantities: Object.fromEntries(Object.entries(quantities).filter(([id]) => ids.includes(id))),
  });

  /** @param {View} shown */
  async function ask(shown) {
    const ids = shown.compare ?? [];
    element.setAttribute("aria-busy", "true");
    try {
      const answer = await newest((signal) => compare(shown.catalog, asked(shown, ids), signal));
      if (answer === null) return;
      draw(shown, answer);
    } catch (error) {
      element.replaceChildren(
        link(backTo(shown), { class: "back" }, texts().backToResults),
        h("h1", { class: "visually-hidden", tabindex: -1 }, texts().errorTitle),
        problemState(error, () => router.refresh()),
      );
    }
    element.setAttribute("aria-busy", "false");
  }

  /** @param {View} shown */
  const backTo = (shown) => router.origin()?.href ?? href(view({ catalog: shown.catalog }));

  /**
   * @param {View} shown
   * @param {Comparison} answer
   */
  function draw(shown, answer) {
    const t = texts();
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.key : undefined;
    const table = comparisonTable(shown.catalog, answer, {
      quantity(id, n) {
        quantities = { ...quantities, [id]: n };
        void ask(shown);
      },
    });
    const differences = h("input", { type: "checkbox", "data-key": "differences" });
    differences.checked = onlyDifferences;
    const follow = () => table.classList.toggle("comparison-differing", (onlyDifferences = differences.checked));
    differences.addEventListener("change", follow);
    follow();
    element.replaceChildren(
      link(backTo(shown), { class: "back" }, t.backToResults),
      h("h1", { tabindex: -1 }, t.compareTitle(answer.products.length)),
      h(
        "div",
        { class: "comparison-tools" },
        h("label", { class: "comparison-only" }, differences, t.onlyDifferences),
        button({ class: "button button-second" }, (event) => void save(shown, event.currentTarget), t.saveCsv),
        button({ class: "button button-second" }, () => print(), t.print),
      ),
      h("p", { class: "comparison-legend" }, t.compareLegend),
      table,
      ...[chart(answer), alternatives(shown.catalog, answer)].filter((part) => part !== null),
    );
    if (focused) element.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  /**
   * @param {View} shown
   * @param {EventTarget | null} pressed
   */
  async function save(shown, pressed) {
    try {
      const file = await comparisonFile(shown.catalog, asked(shown, shown.compare ?? []));
      const url = URL.createObjectURL(file);
      const anchor = h("a", { href: url, download: "comparison.csv" });
      anchor.click();
      URL.revokeObjectURL(url);
      announce(texts().savedCsv);
    } catch {
      if (pressed instanceof HTMLElement) pressed.textContent = texts().errorTitle;
    }
  }

  return {
    element,
    /**
     * Show the comparison that a view names.
     * @param {View} shown
     * @param {import("./router.js").Arrival} arrival
     */
    async show(shown, arrival) {
      const { name } = catalogNamed(catalogs, shown.catalog);
      document.title = [texts().compare, name, "Vitrine"].join(" – ");
      chooseOnly(shown.catalog, shown.compare ?? []);
      await ask(shown);
      if (arrival.cause === "refresh") return;
      scrollTo({ top: arrival.scroll, behavior: "instant" });
      if (arrival.moved) element.querySelector("h1")?.focus({ preventScroll: true });
    },
    /** The visitor left: an answer on its way is no longer wanted. */
    leave() {
      void newest(async () => null);
    },
  };
}

/**
 * @param {string} catalog
 * @param {Comparison} answer
 * @returns {HTMLElement | null}
 */
function alternatives(catalog, { alternatives: found }) {
  if (!found.length) return null;
  return h(
    "section",
    { class: "comparison-alternatives", "aria-labelledby": "alternatives-title" },
    h("h2", { id: "alternatives-title" }, texts().betterAlternatives),
    h(
      "ul",
      {},
      found.map(({ product, price, sentence }) =>
        h(
          "li",
          {},
          link(href(view({ catalog, product: product.id })), {}, product.title),
          priceLine(price),
          h("p", {}, sentence),
        ),
      ),
    ),
  );
}
