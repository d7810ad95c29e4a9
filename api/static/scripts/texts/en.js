/** English interface texts. `de.js` has the same keys. */

const number = new Intl.NumberFormat("en");
/** @param {number} n @param {string} one @param {string} many */
const counted = (n, one, many) => `${number.format(n)} ${n === 1 ? one : many}`;

export const en = {
  skipToContent: "Skip to content",
  catalogue: "Catalogue",
  buyer: "Shop as",
  buyerLabel: "Buyer",
  consent: "Show me what fits, from what I look at here",
  /** @type {Record<string, string>} */
  buyerNames: { anonymous: "Visitor", dealer: "Dealer", contract: "Contract customer" },
  /** @type {Record<string, string>} */
  buyerSees: {
    anonymous: "List prices on the whole catalogue.",
    dealer: "Dealer prices with quantity discounts on the whole catalogue.",
    contract: "Contract prices, and only the products that the contract covers.",
  },
  language: "Language",
  darkMode: "Dark mode",
  footer: "A demo storefront over the public API of Vitrine.",
  apiReference: "API description (OpenAPI)",

  /** @type {Record<string, string>} */
  catalogNames: { icecat: "Electronics", online_retail: "Gifts" },
  /** @type {Record<string, string>} */
  fieldNames: {
    brand: "Brand",
    category: "Category",
    price: "Price",
    list_price: "List price",
    in_stock: "Availability",
    released: "Released",
  },

  searchLabel: "Search products",
  searchPlaceholder: "Search by name, brand or part number",
  suggestions: "Suggestions",
  suggestedQueries: "Searches",
  suggestedBrands: "Brands",
  suggestedCategories: "Categories",
  suggestedProducts: "Products",
  /** @param {number} n */
  suggestionCount: (n) =>
    n === 0 ? "No suggestions" : `${counted(n, "suggestion", "suggestions")}, use the arrow keys`,

  /** @param {string} query */
  resultsFor: (query) => `Results for “${query}”`,
  /** @param {number} n @param {number} milliseconds @param {boolean} exact */
  resultCount: (n, milliseconds, exact) =>
    `${exact ? "" : "About "}${counted(n, "product", "products")} in ${milliseconds} ms`,
  results: "Products",
  /** @param {string} query */
  corrected: (query) => ["Showing results for ", query, "."],
  /** @param {string} query */
  typed: (query) => `You typed “${query}”.`,
  /** @param {string} query */
  partNumber: (query) => ["", query, " was recognised as a part number."],
  /** @param {string} words */
  relaxed: (words) => ["Not every word was found together. Left out: ", words, "."],

  guideOpen: "Help me choose",
  guideTitle: "Help me choose",
  guideClose: "Close",
  guideSaid: "What you answered",
  /** @param {number} n */
  guideLeft: (n) => `${counted(n, "product", "products")} left.`,
  /** @param {number} n */
  guideCount: (n) => counted(n, "product", "products"),
  guideUnknown: "I don’t know",
  guideAny: "Doesn’t matter",
  guideWords: "Or in your own words",
  guideSend: "Answer",
  guideChange: "Change",
  /** @param {string} question */
  guideChangeOf: (question) => `Change the answer to: ${question}`,
  guideBest: "Best so far",
  guideAll: "What is left",
  guideDone: "Nothing more to ask: what is left does not differ in what is known of it.",

  sort: "Sort by",
  /** @type {Record<string, string>} */
  sortNames: {
    relevance: "Relevance",
    "price:asc": "Price, low to high",
    "price:desc": "Price, high to low",
    newest: "Newest first",
    popularity: "Popularity",
  },

  filters: "Filters",
  /** @param {number} n */
  openFilters: (n) => (n ? `Filters (${n})` : "Filters"),
  /** @param {number} n */
  showResults: (n) => `Show ${counted(n, "product", "products")}`,
  close: "Close",
  activeFilters: "Active filters",
  /** @param {string} name */
  removeFilter: (name) => `Remove filter ${name}`,
  takeOut: (said, name) => `Take “${said}” out of the search (${name})`,
  clearAll: "Clear all",
  noFilters: "Nothing to narrow down here.",
  showMore: "Show more",
  showFewer: "Show fewer",
  /** @param {string} name */
  searchInFacet: (name) => `Search in ${name}`,
  facetEmpty: "No such value.",
  /** @param {string} name */
  expand: (name) => `Open ${name}`,
  /** @param {string} from @param {string} to */
  between: (from, to) => `${from} – ${to}`,
  /** @param {string} to */
  below: (to) => `Under ${to}`,
  /** @param {string} from */
  above: (from) => `${from} and more`,
  yes: "Yes",
  no: "No",

  pages: "Pages",
  previousPage: "Previous",
  nextPage: "Next",
  /** @param {number} n */
  page: (n) => `Page ${n}`,

  inStock: "In stock",
  /** @param {number} n */
  inStockCount: (n) => `${number.format(n)} in stock`,
  outOfStock: "Out of stock",
  available: "Available",
  /** @param {number} days */
  leadTime: (days) => `ships in ${counted(days, "day", "days")}`,
  priceOnRequest: "Price on request",
  net: "excl. VAT",
  listPrice: "List price",
  tierPrices: "Quantity prices",
  /** @param {string} id */
  priceListName: (id) => ({ dealers: "Dealer price", "contract-4711": "Contract 4711" })[id] ?? `Price list ${id}`,
  /** @param {number} n */
  fromQuantity: (n) => `from ${number.format(n)}`,

  /** @param {number} n */
  variants: (n) => counted(n, "variant", "variants"),
  /** @param {number} n */
  matchedVariants: (n) => counted(n, "variant matches", "variants match"),

  noResultsTitle: "Nothing found",
  /** @param {string} query */
  noResultsFor: (query) => `No product matches “${query}”.`,
  noResultsFiltered: "No product matches all of these filters.",
  noResultsHint: "Check the spelling, try fewer or more general words, or a part number without spaces.",
  withoutFilters: "Search without filters",
  /** @param {string} catalog */
  browseAll: (catalog) => `Browse all of ${catalog}`,
  /** @param {string} catalog */
  tryCatalog: (catalog) => `Look in ${catalog}`,

  noCatalogs: "No catalogue is loaded yet. Load one with “vitrine load”, then index it with “vitrine index”.",
  errorTitle: "This did not work",
  unreachableTitle: "The service does not answer",
  unreachableDetail: "Check that it is running and that you are online, then try again.",
  tryAgain: "Try again",
  startOver: "Start over",

  backToResults: "Back to results",
  breadcrumb: "Breadcrumb",
  partNumberLabel: "Part number",
  gtinLabel: "GTIN",
  articleLabel: "Article",
  releasedLabel: "Released",
  description: "Description",
  specifications: "Specifications",
  general: "General",
  noSpecifications: "The catalogue gives no specifications for this product.",
  /** @param {string} evidence */
  extracted: (evidence) => (evidence ? `Read from the text: “${evidence}”` : "Read from the text"),
  extractedSign: "from text",
  /** @param {number} percent */
  facetFromTexts: (percent) => `${percent} % of these values were read from texts`,
  copyLink: "Copy link",
  linkCopied: "Link copied",
  copyByHand: "Copy the address from the address bar",
  print: "Print",
  pictures: "Pictures",
  /** @param {number} n */
  picture: (n) => `Show picture ${n}`,

  cart: "Cart",
  /** @param {number} n */
  cartWith: (n) => (n ? `Cart (${number.format(n)})` : "Cart"),
  cartEmpty: "Nothing is in the cart yet.",
  addToCart: "Add to cart",
  /** @param {string} title */
  addedToCart: (title) => `In the cart: ${title}`,
  remove: "Remove",
  /** @param {string} title */
  removeFromCart: (title) => `Remove ${title}`,
  /** @type {Record<string, string>} */
  unitNames: {
    bought_together: "Bought together",
    viewed_together: "Viewed together",
    similar: "Similar products",
    substitutes: "Alternatives",
    accessories: "Goes with it",
    for_you: "For you",
    next_basket: "Your next order",
    buy_again: "Buy again",
    trending: "Trending now",
    most_popular: "Popular",
    recently_viewed: "You looked at",
    new_arrivals: "New in the range",
    session_next: "Next",
  },
  unitFallback: "Popular",

  mapOpen: "Show on the map",
  /** @param {string} catalog */
  mapTitle: (catalog) => `Map of ${catalog}`,
  mapLabel: "Product map",
  mapHint:
    "Products that mean the like lie near each other. Drag to move, turn the wheel to zoom, press a product to open it. By keyboard: arrows go from product to product, Shift with arrows moves, + and − zoom, 0 shows all, Enter opens.",
  mapCategory: "Category",
  mapBrand: "Brand",
  mapAll: "All",
  mapZoom: "Zoom",
  mapCloser: "Zoom in",
  mapFarther: "Zoom out",
  mapWhole: "Whole map",
  mapAsList: "Show as list",
  mapCard: "Product on the map",
  mapNothing: "Point at a product to see what it is.",
  mapMarks: "Most common here",
  /** @param {number} n @param {number} all */
  mapCount: (n, all) => (n === all ? `${counted(n, "product", "products")}.` : `${number.format(n)} of ${counted(all, "product", "products")} stand out.`),
  /** @param {number} n */
  mapUnplaced: (n) => `${counted(n, "newer product is", "newer products are")} not on the map yet.`,
  /** @param {number} n @param {string} query */
  mapRinged: (n, query) => `The ${counted(n, "best result", "best results")} for “${query}” ${n === 1 ? "has a ring" : "have rings"}.`,

  compare: "Compare",
  /** @param {number} n */
  compareChosen: (n) => `${counted(n, "product", "products")} chosen to compare`,
  compareNone: "Choose none",
  /** @param {number} n */
  compareTitle: (n) => `${counted(n, "product", "products")} compared`,
  /** @param {string} title */
  compareRemove: (title) => `Take ${title} out of the comparison`,
  compareLegend: "≠ differs   ★ best   ↑ higher is better   ↓ lower is better   – not stated. What matters most comes first.",
  onlyDifferences: "Only differences",
  saveCsv: "Save as CSV",
  savedCsv: "Saved as comparison.csv",
  bestFor: "Best for",
  quantity: "Quantity",
  /** @param {string} title */
  quantityOf: (title) => `Quantity of ${title}`,
  /** @param {string} amount */
  total: (amount) => `${amount} in total`,
  differs: "differs",
  best: "best",
  notStated: "not stated",
  higherIsBetter: "higher is better",
  lowerIsBetter: "lower is better",
  betterAlternatives: "Better than all of these",
  chart: "At a glance",
  chartHint: "Each line is a product; where a direction is better, better is up. Press a name to bring its line to the front.",
  /** @param {string} fields */
  chartOf: (fields) => `Parallel coordinates of ${fields}; the table above has the same numbers`,
};
