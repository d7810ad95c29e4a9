/** The filters in force, each removable. */

import { button, h, link } from "./dom.js";
import { texts } from "./i18n.js";
import { chipName } from "./labels.js";
import { href, keyOf } from "./state.js";

/**
 * Draw the chips of a view; nothing where no filter is in force.
 * @param {import("./state.js").View} shown
 * @param {import("./api.js").Facet[]} facets
 * @param {string} currency
 * @param {(choice: import("./state.js").Choice) => void} toggle
 * @returns {Node[]}
 */
export function chips(shown, facets, currency, toggle) {
  if (!shown.choices.length) return [];
  const t = texts();
  const removable = shown.choices.map((choice) => {
    const facet = facets.find((each) => each.field === choice.field);
    const name = chipName(choice, facet, currency);
    return h(
      "li",
      {},
      button(
        { class: "chip", "data-key": `chip:${keyOf(choice)}`, "aria-label": t.removeFilter(name) },
        () => toggle(choice),
        h("span", {}, name),
      ),
    );
  });
  const all = link(href({ ...shown, choices: [], page: 1 }), { class: "quiet-button" }, t.clearAll);
  return [h("ul", { class: "chip-list", "aria-label": t.activeFilters }, removable, h("li", {}, all))];
}
