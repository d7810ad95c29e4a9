/** Units of recommendations: rows of products, each with the reason why it stands there. */

import { recommendations } from "./api.js";
import { h, link } from "./dom.js";
import { tell } from "./events.js";
import { language, texts } from "./i18n.js";
import { latestOnly } from "./latest.js";
import { priceLine } from "./offer.js";
import { picture } from "./pictures.js";
import { href, view } from "./state.js";

/**
 * @typedef {import("./api.js").Unit} Unit
 * @typedef {import("./api.js").UnitContext} UnitContext
 */

const SHOWN = 10;

/**
 * Make the places where a page's units appear. They come after the page itself, and a page is whole without them.
 * @param {{apart?: boolean}} [how]  `apart`: the first unit alone stands in `element`, which keeps its height while it
 *   waits, and the others in `more`
 */
export function createUnits({ apart = false } = {}) {
  const newest = latestOnly();
  const element = h("div", { class: apart ? "units units-first" : "units" });
  const more = h("div", { class: "units" });
  return {
    element,
    more,
    /**
     * Ask for the units of a page and draw them; no product stands in two of them.
     * @param {string} catalog
     * @param {string} placement
     * @param {string[]} strategies
     * @param {Partial<UnitContext>} [context]
     */
    async show(catalog, placement, strategies, context = {}) {
      const requests = strategies.map((strategy) => ({
        placement,
        strategy,
        context,
        count: SHOWN,
        locale: language(),
      }));
      element.setAttribute("aria-busy", "true");
      try {
        const answer = await newest((signal) => recommendations(catalog, requests, signal));
        if (answer === null) return;
        const units = worthShowing(answer.responses).map((unit) => drawn(unit, catalog));
        element.replaceChildren(...units.splice(0, apart ? 1 : units.length));
        more.replaceChildren(...units);
      } catch {
        // The page is there for something else.
        element.replaceChildren();
        more.replaceChildren();
      }
      element.setAttribute("aria-busy", "false");
    },
    /** Show none, and drop an answer on its way. */
    clear() {
      void newest(async () => null);
      element.replaceChildren();
      more.replaceChildren();
      element.setAttribute("aria-busy", "false");
    },
  };
}

/**
 * Leave out what is empty, and all but the first of the units that hold nothing of their own.
 * @param {Unit[]} units
 * @returns {Unit[]}
 */
function worthShowing(units) {
  const own = units.filter(({ items }) => items.some(({ source }) => source === "primary"));
  return own.length ? own : units.filter(({ items }) => items.length).slice(0, 1);
}

/**
 * @param {Unit} unit
 * @param {string} catalog
 * @returns {HTMLElement}
 */
function drawn({ strategy, recommendation_id: id, items: found }, catalog) {
  const t = texts();
  const own = found.filter(({ source }) => source === "primary");
  // What only fills a unit up would stand under a title that says something else.
  const isFallback = own.length === 0;
  const items = isFallback ? found : own;
  const title = isFallback ? t.unitFallback : (t.unitNames[strategy] ?? strategy);
  const heading = `unit-${id}`;
  for (const { id: object, position } of items)
    tell(catalog, "impression", { object, position, recommendation: id, strategy });
  return h(
    "section",
    {
      class: "unit",
      "aria-labelledby": heading,
      "data-strategy": strategy,
      "data-recommendation": id,
      "data-catalog": catalog,
    },
    h("h2", { class: "unit-title", id: heading }, title),
    h(
      "ul",
      { class: "unit-items", tabindex: 0, "aria-labelledby": heading },
      items.map((item) =>
        h(
          "li",
          { class: "unit-item", "data-source": item.source, "data-object": item.id, "data-position": item.position },
          picture(item.product, { eager: false }),
          h(
            "h3",
            { class: "unit-item-title" },
            link(href(view({ catalog, product: item.id })), { title: item.product.title }, item.product.title),
          ),
          priceLine(item.price),
          h("p", { class: "unit-reason" }, item.reason.text),
        ),
      ),
    ),
  );
}
