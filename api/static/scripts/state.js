/**
 * What the visitor is looking at, and the URL that says the same. The URL is the only store: reloading, sharing,
 * bookmarking and the browser's own back button then need no code of their own.
 *
 *   ?catalog=icecat&q=laptop&f.brand=HP&f.brand=Lenovo&r.price=100..500&b.attributes.touchscreen=true&page=2
 *   ?catalog=icecat&compare=2101957&compare=3920564
 *
 * @typedef {{field: string, kind: "terms", value: string}} TermsChoice        brand, category path, any text
 * @typedef {{field: string, kind: "boolean", value: boolean}} BooleanChoice
 * @typedef {{field: string, kind: "range", gte: string | null, lt: string | null}} RangeChoice
 * @typedef {TermsChoice | BooleanChoice | RangeChoice} Choice                  one ticked facet value
 *
 * @typedef {object} View
 * @property {string} catalog
 * @property {string | null} product    the product page that is open
 * @property {boolean} cart             whether the cart is open
 * @property {string[] | null} compare  the products that are compared, where they are
 * @property {string} query
 * @property {Choice[]} choices
 * @property {boolean} map              the product map; query and choices stand out on it
 * @property {string} sort
 * @property {number} page              1-based
 */

export const SORTS = /** @type {const} */ (["relevance", "price:asc", "price:desc", "newest", "popularity"]);

/** Prefixes of the URL parameters that hold choices: the kind cannot be told from a value such as "true". */
const PREFIX = /** @type {const} */ ({ terms: "f.", range: "r.", boolean: "b." });

/**
 * Make a view: the start page of a catalogue, changed by what is given.
 * @param {Partial<View>} [changes]
 * @returns {View}
 */
export function view(changes = {}) {
  return {
    catalog: "",
    product: null,
    compare: null,
    cart: false,
    map: false,
    query: "",
    choices: [],
    sort: "relevance",
    page: 1,
    ...changes,
  };
}

/**
 * Read a view from a URL's query string. What makes no sense in it is ignored: people edit URLs.
 * @param {string} queryString
 * @param {string} firstCatalog  taken where the URL names none
 * @returns {View}
 */
export function parse(queryString, firstCatalog) {
  const parameters = new URLSearchParams(queryString);
  const sort = parameters.get("sort") ?? "";
  const page = Number(parameters.get("page"));
  return view({
    catalog: parameters.get("catalog") || firstCatalog,
    product: parameters.get("product"),
    cart: parameters.has("cart"),
    map: parameters.has("map"),
    compare: parameters.has("compare") ? [...new Set(parameters.getAll("compare"))] : null,
    query: parameters.get("q") ?? "",
    choices: [...parameters].map(([name, value]) => parseChoice(name, value)).filter((choice) => choice !== null),
    sort: SORTS.some((known) => known === sort) ? sort : "relevance",
    page: Number.isInteger(page) && page > 0 ? page : 1,
  });
}

/**
 * Write a view as a URL relative to the page; what is as usual is left out to keep links short.
 * @param {View} shown
 * @returns {string}
 */
export function href(shown) {
  const parameters = new URLSearchParams();
  if (shown.catalog) parameters.set("catalog", shown.catalog);
  if (shown.product !== null) {
    parameters.set("product", shown.product);
    return `?${parameters}`;
  }
  if (shown.cart) {
    parameters.set("cart", "open");
    return `?${parameters}`;
  }
  if (shown.compare !== null) {
    for (const id of shown.compare) parameters.append("compare", id);
    return `?${parameters}`;
  }
  if (shown.map) parameters.set("map", "open");
  if (shown.query) parameters.set("q", shown.query);
  for (const choice of shown.choices) parameters.append(PREFIX[choice.kind] + choice.field, spell(choice));
  if (shown.sort !== "relevance") parameters.set("sort", shown.sort);
  if (shown.page > 1) parameters.set("page", String(shown.page));
  return `?${parameters}`;
}

/**
 * Say whether a view is a catalogue's start page: nothing asked, nothing chosen.
 * @param {View} shown
 * @returns {boolean}
 */
export function isHome({ product, compare, cart, map, query, choices, page }) {
  return product === null && compare === null && !cart && !map && !query && !choices.length && page === 1;
}

/**
 * Identify a choice: equal choices have equal keys.
 * @param {Choice} choice
 * @returns {string}
 */
export function keyOf(choice) {
  return `${PREFIX[choice.kind]}${choice.field}=${spell(choice)}`;
}

/**
 * Tick a choice, or untick it where it is ticked; other hits mean that the pages start anew.
 * @param {View} shown
 * @param {Choice} choice
 * @returns {View}
 */
export function toggled(shown, choice) {
  const key = keyOf(choice);
  const others = shown.choices.filter((each) => keyOf(each) !== key);
  const choices = others.length < shown.choices.length ? others : [...shown.choices, choice];
  return { ...shown, choices, page: 1 };
}

/**
 * @param {Choice} choice
 * @returns {string}
 */
function spell(choice) {
  if (choice.kind === "range") return `${choice.gte ?? ""}..${choice.lt ?? ""}`;
  return String(choice.value);
}

/**
 * @param {string} name
 * @param {string} value
 * @returns {Choice | null}
 */
function parseChoice(name, value) {
  const field = name.slice(2);
  if (!field) return null;
  if (name.startsWith(PREFIX.terms)) return { field, kind: "terms", value };
  if (name.startsWith(PREFIX.boolean)) return { field, kind: "boolean", value: value === "true" };
  if (!name.startsWith(PREFIX.range)) return null;
  const [gte, lt, ...rest] = value.split("..");
  if (lt === undefined || rest.length || !isNumber(gte) || !isNumber(lt) || !(gte || lt)) return null;
  return { field, kind: "range", gte: gte || null, lt: lt || null };
}

/** @param {string} text */
function isNumber(text) {
  return Number.isFinite(Number(text));
}
