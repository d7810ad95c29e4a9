/** From a view to the body of `POST /v1/{catalog}/search`. */

import { CARD_FIELDS } from "./cards.js";
import { FACET_LIMIT } from "./facet.js";
import { language } from "./i18n.js";
import { isMoney } from "./labels.js";
import { visitorNames } from "./visitor.js";

export const PAGE_SIZE = 24;

/** The API pages through this many hits by number; further on it wants a cursor, which no visitor pages to. */
const REACHABLE = 10_000;

/** The last page that can be asked for. */
export const LAST_PAGE = Math.floor(REACHABLE / PAGE_SIZE);

/**
 * Write the request for a view. Choices of one field are alternatives, fields narrow each other.
 * @param {import("./state.js").View} shown
 * @returns {import("./api.js").SearchRequest}
 */
export function searchRequest({ query, choices, sort, page }) {
  /** @type {NonNullable<import("./api.js").SearchRequest["facet_filters"]>} */
  const filters = {};
  for (const choice of choices) (filters[choice.field] ??= []).push(wire(choice));
  return {
    query,
    page: Math.min(page, LAST_PAGE),
    page_size: PAGE_SIZE,
    sort,
    locale: language(),
    fields: CARD_FIELDS,
    facets: "auto",
    facet_limit: FACET_LIMIT,
    facet_filters: filters,
    ...visitorNames(),
  };
}

/**
 * @param {import("./state.js").Choice} choice
 * @returns {import("./api.js").Scalar | import("./api.js").Interval}
 */
function wire(choice) {
  if (choice.kind !== "range") return choice.value;
  /** @param {string | null} bound */
  const write = (bound) => (bound === null ? null : isMoney(choice.field) ? bound : Number(bound));
  return { gte: write(choice.gte), lt: write(choice.lt) };
}
