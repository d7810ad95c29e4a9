/** The bar at the bottom of the results that leads from chosen products to their comparison. */

import { chooseOnly, chosenFor, MOST_COMPARED, choose, onChoice } from "./comparison_choice.js";
import { button, h, link, replaceKeepingFocus } from "./dom.js";
import { texts } from "./i18n.js";
import { href, view } from "./state.js";

/**
 * Make the bar; it shows itself while something is chosen.
 * @param {() => string} catalog  the catalogue that is looked at
 */
export function createComparisonTray(catalog) {
  const element = h("div", { class: "comparison-tray", role: "region", "aria-label": texts().compare, hidden: true });

  function draw() {
    const t = texts();
    const ids = chosenFor(catalog());
    element.hidden = ids.length === 0;
    replaceKeepingFocus(
      element,
      h("p", { role: "status" }, t.compareChosen(ids.length)),
      ids.length > 1 &&
        link(href(view({ catalog: catalog(), compare: ids })), { class: "button", "data-key": "compare" }, t.compare),
      button(
        { class: "button button-second", "data-key": "compare-none" },
        () => {
          chooseOnly(catalog(), []);
          document.getElementById("results-title")?.focus({ preventScroll: true });
        },
        t.compareNone,
      ),
    );
  }

  onChoice(draw);
  return { element, draw };
}

/**
 * Draw the tick of a card that puts its product into the comparison.
 * @param {import("./api.js").Product} product
 * @param {string} catalog
 * @returns {HTMLLabelElement}
 */
export function compareTick(product, catalog) {
  const box = h("input", { type: "checkbox", "data-key": `compare:${product.id}` });
  const t = texts();
  const follow = () => {
    const ids = chosenFor(catalog);
    box.checked = ids.includes(product.id);
    box.disabled = !box.checked && ids.length >= MOST_COMPARED;
  };
  follow();
  box.addEventListener("change", () => choose(catalog, product.id, box.checked));
  onChoice(() => box.isConnected && follow());
  return h("label", { class: "compare-tick" }, box, t.compare, h("span", { class: "visually-hidden" }, ` ${product.title}`));
}
