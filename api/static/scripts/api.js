/**
 * A client of Vitrine's public API, as small as a storefront needs it.
 *
 * The shapes below name only what this storefront reads; `/openapi.json` has all of them. `session.js` says who asks.
 *
 * @typedef {{id: string, products: number, currency: string, locale: string}} Catalog
 * @typedef {{gte: string | number | null, lt: string | number | null}} Interval  half-open; null is an open end
 * @typedef {string | number | boolean} Scalar
 *
 * @typedef {object} Product
 * @property {string} id
 * @property {string} title
 * @property {string} [description]
 * @property {string | null} [brand]
 * @property {string[]} [gtin]
 * @property {string | null} [mpn]
 * @property {string[]} [category]   paths such as "Computers > Laptops"
 * @property {string[]} [image_urls]
 * @property {string | null} [released]
 *
 * @typedef {object} Price
 * @property {string} net            a decimal, such as "412.00"
 * @property {string | null} gross
 * @property {string} currency
 * @property {string | null} list
 * @property {{min_quantity: number, net: string | null}[]} tiers  null: on request from there on
 * @property {string | null} price_list  null: the catalogue's own price
 * @property {{id: string, text: string, was: string, valid_until: string | null, ids: string[]} | null} promotion
 *
 * @typedef {{in_stock: boolean, quantity: number | null, location: string | null, lead_time_days: number | null}} Availability
 *
 * @typedef {object} Hit
 * @property {string} id
 * @property {number} position
 * @property {Product} product
 * @property {Price | null} price
 * @property {Availability} availability
 * @property {{title?: string}} highlight
 * @property {{code: string, text: string}[]} badges
 * @property {string[]} matched_variants
 *
 * @typedef {object} FacetValue
 * @property {number} count
 * @property {boolean} [selected]
 * @property {string | boolean} [value]        terms, boolean
 * @property {string} [label]
 * @property {string} [path]                   hierarchy
 * @property {number} [level]
 * @property {string | number | null} [gte]    range
 * @property {string | number | null} [lt]
 *
 * @typedef {object} Facet
 * @property {string} field
 * @property {string} label
 * @property {"terms" | "range" | "boolean" | "hierarchy"} type
 * @property {string | null} unit
 * @property {FacetValue[]} values
 * @property {{min: number | string, max: number | string, mean: number | string} | null} stats
 * @property {number | null} from_texts  the share of values that were read from texts
 *
 * @typedef {{value: unknown, label: string, count: number, picture: string | null}} GuideOption
 *
 * @typedef {object} GuideQuestion
 * @property {string} id
 * @property {string} text
 * @property {string | null} help
 * @property {string | null} picture
 * @property {GuideOption[]} options
 *
 * @typedef {object} GuideTurn
 * @property {string} conversation_id
 * @property {number} remaining
 * @property {GuideQuestion | null} question
 * @property {(Hit & {explanation: {text: string} | null})[]} candidates
 * @property {string[]} relaxed
 *
 * @typedef {object} SearchRequest
 * @property {string} [query]
 * @property {number} [page]
 * @property {number} [page_size]
 * @property {string} [sort]
 * @property {string} [locale]
 * @property {string[]} [fields]
 * @property {"auto" | string[]} [facets]
 * @property {number} [facet_limit]
 * @property {{field: string, prefix: string}} [facet_search]
 * @property {string} [client_id]
 * @property {string} [session_id]
 * @property {Record<string, (Scalar | Interval)[]>} [facet_filters]
 *
 * @typedef {object} ProductMap
 * @property {number} scale
 * @property {number} unplaced
 * @property {string[]} categories
 * @property {string[]} brands
 * @property {{ids: string[], x: number[], y: number[], category: number[], brand: number[]}} points
 * @property {{name: string, x: number, y: number, products: number}[]} regions
 *
 * @typedef {{field: string, op: "=" | "<" | "<=" | ">" | ">=", value: number, unit: string | null, text: string}} Constraint
 *
 * @typedef {object} Interpretation
 * @property {string | null} corrected_query
 * @property {string | null} part_number
 * @property {string[]} relaxed
 * @property {Constraint[]} constraints
 *
 * @typedef {object} SearchAnswer
 * @property {string} query_id
 * @property {number} total
 * @property {boolean} total_is_exact
 * @property {number} page
 * @property {number} page_size
 * @property {number} took_ms
 * @property {Interpretation} interpretation
 * @property {Hit[]} hits
 * @property {Facet[]} facets
 *
 * @typedef {object} Suggestions
 * @property {{text: string, count: number}[]} queries
 * @property {{value: string, count: number}[]} brands
 * @property {{path: string, count: number}[]} categories
 * @property {Hit[]} products
 *
 * @typedef {object} SheetRow
 * @property {string} name
 * @property {string} label
 * @property {string | null} group
 * @property {Scalar | Scalar[]} value
 * @property {string | null} unit
 * @property {"given" | "extracted"} source
 * @property {string | null} evidence
 *
 * @typedef {object} Variant
 * @property {string} id
 * @property {string | null} mpn
 * @property {Price | null} price
 * @property {Availability} availability
 * @property {SheetRow[]} sheet
 *
 * @typedef {{product_ids: string[], cart: string[], viewed: string[], query: string | null}} UnitContext
 *
 * @typedef {object} UnitRequest
 * @property {string} strategy
 * @property {string} placement
 * @property {Partial<UnitContext>} context
 * @property {number} count
 * @property {string} locale
 *
 * @typedef {object} UnitItem
 * @property {string} id
 * @property {number} position
 * @property {Product} product
 * @property {Price | null} price
 * @property {"primary" | "fallback"} source
 * @property {{code: string, text: string}} reason
 *
 * @typedef {{recommendation_id: string, strategy: string, items: UnitItem[]}} Unit
 *
 * @typedef {object} ComparisonRow
 * @property {string} field
 * @property {string} label
 * @property {string | null} group
 * @property {string | null} unit
 * @property {(Scalar | Scalar[] | null)[]} values
 * @property {(Scalar | Scalar[] | null)[]} normalised
 * @property {string | null} normalised_unit
 * @property {boolean} differs
 * @property {"higher" | "lower" | null} better
 * @property {number[]} best
 * @property {({value: Scalar | Scalar[], unit: string | null, source: "given" | "extracted", evidence: string | null} | null)[]} cells
 *
 * @typedef {object} Comparison
 * @property {{product: Product, price: Price | null, offer: {quantity: number, unit_price: string | null, total: string | null, currency: string}}[]} products
 * @property {ComparisonRow[]} rows
 * @property {{id: string, sentence: string}[]} summary
 * @property {{id: string, product: Product, price: Price | null, beats: string[], sentence: string}[]} alternatives
 *
 * @typedef {{ids: string[], quantities: Record<string, number>, locale: string}} ComparisonRequest
 *
 * @typedef {object} ProductPage
 * @property {Product} product
 * @property {Price | null} price
 * @property {Availability} availability
 * @property {SheetRow[]} sheet
 * @property {Variant[]} variants
 */

import { identity } from "./session.js";
import { visitorNames } from "./visitor.js";

/** An answer that is not a success: RFC 9457 problem details, or no answer at all (status 0, code `unreachable`). */
export class ApiProblem extends Error {
  /** @param {{status: number, code: string, title: string, detail?: string}} problem */
  constructor({ status, code, title, detail = "" }) {
    super(detail || title);
    this.name = "ApiProblem";
    this.status = status;
    this.code = code;
    this.title = title;
    this.detail = detail;
  }
}

/**
 * List the catalogues that the buyer may see, with what each holds for them.
 * @param {AbortSignal} [signal]
 * @returns {Promise<{catalogs: Catalog[]}>}
 */
export function listCatalogs(signal) {
  return request("/v1/catalogs", { signal });
}

/**
 * Search or, with an empty query, browse one catalogue.
 * @param {string} catalog
 * @param {SearchRequest} body
 * @param {AbortSignal} signal  aborted when a newer question makes this one stale
 * @returns {Promise<SearchAnswer>}
 */
export function search(catalog, body, signal) {
  return request(`/v1/${encodeURIComponent(catalog)}/search`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
}

/**
 * Complete what the visitor has typed so far.
 * @param {string} catalog
 * @param {string} text
 * @param {number} limit  entries of each kind
 * @param {AbortSignal} signal
 * @returns {Promise<Suggestions>}
 */
export function suggest(catalog, text, limit, signal) {
  const { client_id: client } = visitorNames();
  const query = new URLSearchParams({ q: text, limit: String(limit), ...(client && { client_id: client }) });
  return request(`/v1/${encodeURIComponent(catalog)}/suggest?${query}`, { signal });
}

/**
 * Fetch one product with its attribute sheet.
 * @param {string} catalog
 * @param {string} id
 * @param {AbortSignal} signal
 * @returns {Promise<ProductPage>}
 */
export function product(catalog, id, signal) {
  return request(`/v1/${encodeURIComponent(catalog)}/products/${encodeURIComponent(id)}`, { signal });
}

/**
 * Fetch products in the order of their ids; those that the buyer does not see are left out.
 * @param {string} catalog
 * @param {string[]} ids
 * @param {AbortSignal} signal
 * @returns {Promise<{products: ProductPage[]}>}
 */
export function products(catalog, ids, signal) {
  const query = new URLSearchParams({ ids: ids.join(",") });
  return request(`/v1/${encodeURIComponent(catalog)}/products?${query}`, { signal });
}

/**
 * Take one turn with the guide.
 * @param {string} catalog
 * @param {object} body
 * @param {AbortSignal} signal
 * @returns {Promise<GuideTurn>}
 */
export function guide(catalog, body, signal) {
  return request(`/v1/${encodeURIComponent(catalog)}/guide`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
}

/**
 * Recommend for the units of one page.
 * @param {string} catalog
 * @param {UnitRequest[]} requests
 * @param {AbortSignal} signal
 * @returns {Promise<{responses: Unit[]}>}
 */
export function recommendations(catalog, requests, signal) {
  return request(`/v1/${encodeURIComponent(catalog)}/recommendations:batch`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ requests }),
    signal,
  });
}

/**
 * Fetch the map of the products that filters leave.
 * @param {string} catalog
 * @param {{facet_filters?: SearchRequest["facet_filters"]}} body
 * @param {AbortSignal} signal
 * @returns {Promise<ProductMap>}
 */
export function productMap(catalog, body, signal) {
  return request(`/v1/${encodeURIComponent(catalog)}/map`, { ...posted(body), signal });
}

/**
 * Compare products.
 * @param {string} catalog
 * @param {ComparisonRequest} body
 * @param {AbortSignal} signal
 * @returns {Promise<Comparison>}
 */
export function compare(catalog, body, signal) {
  return request(`/v1/${encodeURIComponent(catalog)}/compare`, { ...posted(body), signal });
}

/**
 * Fetch a comparison as a CSV file.
 * @param {string} catalog
 * @param {ComparisonRequest} body
 * @returns {Promise<Blob>}
 */
export async function comparisonFile(catalog, body) {
  const { headers, ...rest } = posted(body);
  const init = { ...rest, headers: { ...headers, Accept: "text/csv" } };
  return (await respond(`/v1/${encodeURIComponent(catalog)}/compare`, init)).blob();
}

/** @param {unknown} body */
function posted(body) {
  return { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

/**
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<any>}
 */
async function request(path, init = {}) {
  return (await respond(path, init)).json();
}

/**
 * @param {string} path
 * @param {RequestInit} init
 * @returns {Promise<Response>}
 */
async function respond(path, init) {
  /** @param {Record<string, string>} asker */
  const ask = (asker) => fetch(path, { ...init, headers: { Accept: "application/json", ...init.headers, ...asker } });
  let response;
  try {
    const asker = await identity();
    response = await ask(asker);
    // A token may end early: the service started anew, or the clock was changed. Once more with a fresh one.
    if (response.status === 401 && asker.Authorization) response = await ask(await identity({ refused: true }));
  } catch (cause) {
    // An aborted request is no failure: whoever aborted it knows, see latest.js.
    if (init.signal?.aborted) throw cause;
    throw new ApiProblem({ status: 0, code: "unreachable", title: "" });
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

/**
 * @param {Response} response
 * @returns {Promise<ApiProblem>}
 */
async function problemOf(response) {
  const known = { status: response.status, code: "unknown", title: `HTTP ${response.status}` };
  const isProblem = response.headers.get("Content-Type")?.startsWith("application/problem+json");
  // A proxy on the way may answer with a page of its own; that is not worth showing.
  return new ApiProblem(isProblem ? { ...known, ...(await response.json()) } : known);
}
