/** The panel of facets, beside the results or, on narrow screens, in a drawer. */

import { search } from "./api.js";
import { h } from "./dom.js";
import { createFacet } from "./facet.js";
import { texts } from "./i18n.js";
import { searchRequest } from "./search_request.js";
import { keyOf } from "./state.js";

/** Facets that start unfolded; more would push each other out of sight. */
const UNFOLDED = 5;

/** Values fetched when looking inside one facet. */
const INSIDE_LIMIT = 100;

/**
 * @param {(choice: import("./state.js").Choice) => void} toggle
 */
export function createFacets(toggle) {
  const element = h("div", { class: "facets" });
  /** Kept between answers, so that what is unfolded, focused or half typed stays so. @type {Map<string, ReturnType<typeof createFacet>>} */
  const kept = new Map();
  /** @type {import("./state.js").View} */
  let shown;

  /** @type {import("./facet.js").FacetActions["find"]} */
  async function find(field, prefix, signal) {
    const request = { ...searchRequest(shown), page: 1, page_size: 1, facets: [field], facet_limit: INSIDE_LIMIT };
    const answer = await search(
      shown.catalog,
      prefix ? { ...request, facet_search: { field, prefix } } : request,
      signal,
    );
    return answer.facets.find((facet) => facet.field === field)?.values ?? [];
  }

  return {
    element,
    /**
     * Show the facets of an answer.
     * @param {import("./api.js").Facet[]} facets
     * @param {import("./state.js").View} current
     * @param {string} currency
     */
    update(facets, current, currency) {
      if (shown?.catalog !== current.catalog) kept.clear();
      shown = current;
      const ticked = new Set(current.choices.map(keyOf));
      const useful = facets.filter((facet) => facet.values.length > 0);
      const elements = useful.map((facet, index) => {
        const id = `${facet.type}:${facet.field}`;
        const hasTicks = current.choices.some((choice) => choice.field === facet.field);
        const kind = kept.get(id) ?? createFacet({ toggle, find }, index < UNFOLDED || hasTicks);
        kept.set(id, kind);
        kind.update(facet, ticked, currency);
        return kind.element;
      });
      arrange(element, elements.length ? elements : [h("p", { class: "facet-empty" }, texts().noFilters)]);
    },
  };
}

/**
 * Bring the children into this order and touch only what must move: a moved element loses the focus.
 * @param {Element} parent
 * @param {Element[]} children
 */
function arrange(parent, children) {
  for (const old of [...parent.children]) if (!children.includes(old)) old.remove();
  children.forEach((child, index) => {
    if (parent.children[index] === child) return;
    const focused = child.contains(document.activeElement) ? document.activeElement : null;
    parent.insertBefore(child, parent.children[index] ?? null);
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  });
}
