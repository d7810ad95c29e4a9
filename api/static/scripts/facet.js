/** One facet: folds, shows more of its values, and can be searched within. */

import { button, h, replaceKeepingFocus } from "./dom.js";
import { checkbox, linesOf, tree, treeOf } from "./facet_values.js";
import { texts } from "./i18n.js";
import { fieldName, intervalName } from "./labels.js";
import { debounced, latestOnly } from "./latest.js";

/**
 * @typedef {import("./api.js").Facet} FacetData
 * @typedef {import("./api.js").FacetValue} FacetValue
 * @typedef {import("./state.js").Choice} Choice
 *
 * @typedef {object} FacetActions
 * @property {(choice: Choice) => void} toggle
 * @property {(field: string, prefix: string, signal: AbortSignal) => Promise<FacetValue[]>} find
 *     looks inside the facet's values, beyond those of the answer
 */

/** Values shown before "show more"; one more than this is not worth a button. */
const SHORT = 6;

/** An answer carries at most this many values of a facet; then there may be more to ask for. */
export const FACET_LIMIT = 20;

/**
 * Make the element of one facet, to be updated with every answer.
 * @param {FacetActions} actions
 * @param {boolean} open  whether it starts unfolded
 */
export function createFacet(actions, open) {
  const name = h("span", {});
  const ticks = h("span", { class: "facet-ticks" });
  const body = h("div", { class: "facet-body", role: "group" });
  const element = h("details", { class: "facet", open }, h("summary", {}, h("h3", {}, name), ticks), body);

  const search = h("input", { type: "search", class: "facet-search", "data-key": "facet-search" });
  const list = h("div", {});
  const range = h("p", { class: "facet-range" });
  const origin = h("p", { class: "facet-origin" });
  const more = button({ class: "quiet-button", "data-key": "more" }, () => expand(!expanded), "");
  body.append(range, origin, search, list, more);

  let expanded = false;
  /** @type {Map<string, boolean>} */
  const folded = new Map();
  /** @type {FacetValue[] | null} values found inside the facet; null shows those of the answer */
  let found = null;
  /** @type {{facet: FacetData, ticked: Set<string>, currency: string}} */
  let shown;

  const newest = latestOnly();
  const typing = debounced(150, lookInside);
  search.addEventListener("input", () => typing.call());

  /** @param {boolean} wanted */
  function expand(wanted) {
    expanded = wanted;
    if (!expanded) {
      search.value = "";
      found = null;
    }
    draw();
    lookInside();
  }

  // A failure here leaves the values of the answer in place; the search itself reports what is wrong.
  async function lookInside() {
    if (!expanded || !searchable()) return;
    const values = await newest((signal) => actions.find(shown.facet.field, search.value.trim(), signal)).catch(
      () => null,
    );
    if (values === null || !expanded) return;
    found = values;
    draw();
  }

  // Prefixes fit names, and paths of a hierarchy that has one level only.
  const searchable = () =>
    shown.facet.values.length >= FACET_LIMIT &&
    (shown.facet.type === "terms" ||
      (shown.facet.type === "hierarchy" && shown.facet.values.every(({ level }) => level === 1)));

  function draw() {
    const { facet, ticked, currency } = shown;
    const t = texts();
    const title = fieldName(facet.field, facet);
    const lines = linesOf(facet, found ?? facet.values, ticked, currency);
    const chosen = lines.filter((line) => line.ticked).length;

    name.textContent = title;
    ticks.textContent = chosen ? String(chosen) : "";
    body.setAttribute("aria-label", title);
    search.hidden = !(expanded && searchable());
    search.placeholder = t.searchInFacet(title);
    search.setAttribute("aria-label", t.searchInFacet(title));
    range.hidden = !facet.stats || facet.stats.min === facet.stats.max;
    if (facet.stats) {
      const { min: gte, max: lt } = facet.stats;
      range.textContent = intervalName({ gte, lt }, { field: facet.field, unit: facet.unit, currency });
    }

    const percent = Math.round(100 * (facet.from_texts ?? 0));
    origin.hidden = percent === 0;
    origin.textContent = percent ? t.facetFromTexts(percent) : "";

    const entries = facet.type === "hierarchy" ? treeOf(lines) : lines;
    const cut = !expanded && entries.length > SHORT + 1;
    const visible = cut ? entries.filter((line, index) => index < SHORT || line.ticked) : entries;
    replaceKeepingFocus(
      list,
      facet.type === "hierarchy"
        ? tree(/** @type {import("./facet_values.js").Branch[]} */ (visible), {
            toggle: actions.toggle,
            folded,
            redraw: draw,
          })
        : h(
            "ul",
            { class: "choices" },
            visible.map((line) => h("li", {}, checkbox(line, actions.toggle))),
          ),
    );
    if (!entries.length) list.append(h("p", { class: "facet-empty" }, t.facetEmpty));

    more.hidden = !cut && !expanded;
    more.textContent = expanded ? t.showFewer : t.showMore;
    more.setAttribute("aria-expanded", String(expanded));
  }

  return {
    element,
    /**
     * Show a new answer's counts.
     * @param {FacetData} facet
     * @param {Set<string>} ticked  keys of the choices in force
     * @param {string} currency
     */
    update(facet, ticked, currency) {
      shown = { facet, ticked, currency };
      if (!searchable()) search.value = "";
      // Counts found inside the facet belong to the former answer: show the fresh ones until they are found anew.
      if (!search.value) found = null;
      draw();
      lookInside();
    },
  };
}
