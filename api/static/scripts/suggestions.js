/** The entries of the suggestion list, grouped by kind; each knows the view that it leads to. */

import { h } from "./dom.js";
import { count } from "./formats.js";
import { texts } from "./i18n.js";
import { priceLine } from "./offer.js";
import { picture } from "./pictures.js";
import { typeOf } from "./placeholder.js";
import { href, view } from "./state.js";

/** @typedef {import("./api.js").Suggestions} Suggestions */

/**
 * Draw the groups of a listbox: searches, brands, categories, products.
 * @param {Suggestions} suggestions
 * @param {string} catalog
 * @param {string} typed
 * @returns {HTMLElement[]}
 */
export function suggestionGroups({ queries, brands, categories, products }, catalog, typed) {
  const t = texts();
  /** @param {Partial<import("./state.js").View>} changes */
  const to = (changes) => href(view({ catalog, ...changes }));
  /** @param {string} field @param {string} value @returns {import("./state.js").Choice[]} */
  const only = (field, value) => [{ field, kind: "terms", value }];

  return [
    group(
      "queries",
      t.suggestedQueries,
      queries.map(({ text, count: n }, i) =>
        option(`query-${i}`, to({ query: text }), completion(text, typed), amount(n)),
      ),
    ),
    group(
      "brands",
      t.suggestedBrands,
      brands.map(({ value, count: n }, i) =>
        option(`brand-${i}`, to({ choices: only("brand", value) }), completion(value, typed), amount(n)),
      ),
    ),
    group(
      "categories",
      t.suggestedCategories,
      categories.map(({ path, count: n }, i) =>
        option(`category-${i}`, to({ choices: only("category", path) }), [path.replaceAll(" > ", " › ")], amount(n)),
      ),
    ),
    group(
      "products",
      t.suggestedProducts,
      products.map((hit, i) =>
        option(
          `product-${i}`,
          to({ product: hit.id }),
          [
            picture(hit.product, { eager: true }),
            h(
              "span",
              { class: "suggestion-text" },
              h("span", { class: "suggestion-title" }, hit.product.title),
              h(
                "span",
                { class: "suggestion-kind" },
                [hit.product.brand, typeOf(hit.product)].filter(Boolean).join(" · "),
              ),
            ),
          ],
          hit.price && priceLine(hit.price),
        ),
      ),
    ),
  ].filter((each) => each !== null);
}

/**
 * @param {string} name
 * @param {string} title
 * @param {HTMLElement[]} options
 * @returns {HTMLElement | null}
 */
function group(name, title, options) {
  if (!options.length) return null;
  const id = `suggested-${name}`;
  return h(
    "div",
    { class: `suggestion-group suggestion-${name}`, role: "group", "aria-labelledby": id },
    h("div", { class: "suggestion-heading", id, role: "presentation" }, title),
    options,
  );
}

/**
 * @param {string} id
 * @param {string} target
 * @param {(Node | string)[]} content
 * @param {Node | null} aside
 * @returns {HTMLElement}
 */
function option(id, target, content, aside) {
  return h(
    "div",
    { class: "suggestion", id: `suggestion-${id}`, role: "option", "aria-selected": "false", "data-href": target },
    h("span", { class: "suggestion-main" }, content),
    aside,
  );
}

/** @param {number} n */
function amount(n) {
  return h("span", { class: "suggestion-count" }, count(n));
}

/**
 * Set off what a suggestion adds to the typed text.
 * @param {string} text
 * @param {string} typed
 * @returns {(Node | string)[]}
 */
function completion(text, typed) {
  if (!text.toLowerCase().startsWith(typed.toLowerCase())) return [text];
  return [h("span", {}, text.slice(0, typed.length), h("b", {}, text.slice(typed.length)))];
}
