/** The filters in force and what the query was understood to say, each removable. */

import { button, h, link } from "./dom.js";
import { texts } from "./i18n.js";
import { chipName } from "./labels.js";
import { href, keyOf } from "./state.js";

/**
 * Draw the chips of a view; nothing where no filter is in force and nothing was understood.
 * @param {import("./state.js").View} shown
 * @param {import("./api.js").Facet[]} facets
 * @param {string} currency
 * @param {(choice: import("./state.js").Choice) => void} toggle
 * @param {import("./understood.js").Understood[]} understood
 * @param {(part: string) => void} takeOut
 * @returns {Node[]}
 */
export function chips(shown, facets, currency, toggle, understood, takeOut) {
  if (!shown.choices.length && !understood.length) return [];
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
  const said = understood.map(({ text, name }) =>
    h(
      "li",
      {},
      button(
        { class: "chip chip-understood", "data-key": `said:${text}`, "aria-label": t.takeOut(text, name) },
        () => takeOut(text),
        h("span", {}, name),
      ),
    ),
  );
  const all = link(href({ ...shown, choices: [], page: 1 }), { class: "quiet-button" }, t.clearAll);
  return [
    h(
      "ul",
      { class: "chip-list", "aria-label": t.activeFilters },
      said,
      removable,
      shown.choices.length > 0 && h("li", { class: "chip-all" }, all),
    ),
  ];
}
