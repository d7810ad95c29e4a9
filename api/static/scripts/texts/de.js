/** German interface texts. */

const number = new Intl.NumberFormat("de");
/** @param {number} n @param {string} one @param {string} many */
const counted = (n, one, many) => `${number.format(n)} ${n === 1 ? one : many}`;

/** @type {import("../i18n.js").Texts} */
export const de = {
  skipToContent: "Zum Inhalt springen",
  catalogue: "Sortiment",
  buyer: "Einkaufen als",
  buyerLabel: "Käufer",
  buyerNames: { anonymous: "Gast", dealer: "Händler", contract: "Vertragskunde" },
  buyerSees: {
    anonymous: "Listenpreise für das ganze Sortiment.",
    dealer: "Händlerpreise mit Mengenrabatt für das ganze Sortiment.",
    contract: "Vertragspreise, und nur die Produkte des Vertrags.",
  },
  language: "Sprache",
  darkMode: "Dunkle Darstellung",
  footer: "Ein Beispielshop über der öffentlichen Schnittstelle von Vitrine.",
  apiReference: "Beschreibung der Schnittstelle (OpenAPI)",

  catalogNames: { icecat: "Elektronik", online_retail: "Geschenke" },
  fieldNames: {
    brand: "Marke",
    category: "Kategorie",
    price: "Preis",
    list_price: "Listenpreis",
    in_stock: "Verfügbarkeit",
    released: "Erschienen",
  },

  searchLabel: "Produkte suchen",
  searchPlaceholder: "Name, Marke oder Artikelnummer",
  suggestions: "Vorschläge",
  suggestedQueries: "Suchen",
  suggestedBrands: "Marken",
  suggestedCategories: "Kategorien",
  suggestedProducts: "Produkte",
  suggestionCount: (n) =>
    n === 0 ? "Keine Vorschläge" : `${counted(n, "Vorschlag", "Vorschläge")}, Auswahl mit den Pfeiltasten`,

  resultsFor: (query) => `Ergebnisse für „${query}“`,
  resultCount: (n, milliseconds, exact) =>
    `${exact ? "" : "Etwa "}${counted(n, "Produkt", "Produkte")} in ${milliseconds} ms`,
  results: "Produkte",
  corrected: (query) => ["Ergebnisse für ", query, "."],
  typed: (query) => `Eingegeben wurde „${query}“.`,
  partNumber: (query) => ["", query, " wurde als Artikelnummer erkannt."],
  relaxed: (words) => ["Nicht alle Wörter kommen zusammen vor. Weggelassen: ", words, "."],

  sort: "Sortieren",
  sortNames: {
    relevance: "Relevanz",
    "price:asc": "Preis aufsteigend",
    "price:desc": "Preis absteigend",
    newest: "Neueste zuerst",
    popularity: "Beliebtheit",
  },

  filters: "Filter",
  openFilters: (n) => (n ? `Filter (${n})` : "Filter"),
  showResults: (n) => `${counted(n, "Produkt", "Produkte")} anzeigen`,
  close: "Schließen",
  activeFilters: "Aktive Filter",
  removeFilter: (name) => `Filter ${name} entfernen`,
  clearAll: "Alle löschen",
  noFilters: "Hier gibt es nichts einzugrenzen.",
  showMore: "Mehr anzeigen",
  showFewer: "Weniger anzeigen",
  searchInFacet: (name) => `In ${name} suchen`,
  facetEmpty: "Kein solcher Wert.",
  expand: (name) => `${name} aufklappen`,
  between: (from, to) => `${from} – ${to}`,
  below: (to) => `Unter ${to}`,
  above: (from) => `Ab ${from}`,
  yes: "Ja",
  no: "Nein",

  pages: "Seiten",
  previousPage: "Zurück",
  nextPage: "Weiter",
  page: (n) => `Seite ${n}`,

  inStock: "Auf Lager",
  inStockCount: (n) => `${number.format(n)} auf Lager`,
  outOfStock: "Nicht auf Lager",
  available: "Lieferbar",
  leadTime: (days) => `Versand in ${counted(days, "Tag", "Tagen")}`,
  priceOnRequest: "Preis auf Anfrage",
  net: "zzgl. MwSt.",
  listPrice: "Listenpreis",
  tierPrices: "Staffelpreise",
  priceListName: (id) => ({ dealers: "Händlerpreis", "contract-4711": "Vertrag 4711" })[id] ?? `Preisliste ${id}`,
  fromQuantity: (n) => `ab ${number.format(n)}`,

  variants: (n) => counted(n, "Variante", "Varianten"),
  matchedVariants: (n) => counted(n, "Variante passt", "Varianten passen"),

  noResultsTitle: "Nichts gefunden",
  noResultsFor: (query) => `Kein Produkt passt zu „${query}“.`,
  noResultsFiltered: "Kein Produkt passt zu allen diesen Filtern.",
  noResultsHint:
    "Prüfen Sie die Schreibweise, versuchen Sie weniger oder allgemeinere Wörter oder eine Artikelnummer ohne Leerzeichen.",
  withoutFilters: "Ohne Filter suchen",
  browseAll: (catalog) => `Alles in ${catalog} ansehen`,
  tryCatalog: (catalog) => `In ${catalog} suchen`,

  noCatalogs:
    "Noch ist kein Katalog geladen. Laden Sie einen mit „vitrine load“ und indexieren Sie ihn mit „vitrine index“.",
  errorTitle: "Das hat nicht geklappt",
  unreachableTitle: "Der Dienst antwortet nicht",
  unreachableDetail: "Prüfen Sie, ob er läuft und ob Sie online sind, und versuchen Sie es noch einmal.",
  tryAgain: "Noch einmal versuchen",
  startOver: "Von vorn beginnen",

  backToResults: "Zurück zu den Ergebnissen",
  breadcrumb: "Pfad",
  partNumberLabel: "Herstellernummer",
  gtinLabel: "GTIN",
  articleLabel: "Artikel",
  releasedLabel: "Erschienen",
  description: "Beschreibung",
  specifications: "Technische Daten",
  general: "Allgemein",
  noSpecifications: "Der Katalog enthält keine technischen Daten zu diesem Produkt.",
  extracted: (evidence) => (evidence ? `Aus dem Text gelesen: „${evidence}“` : "Aus dem Text gelesen"),
  extractedSign: "aus dem Text",
  copyLink: "Link kopieren",
  linkCopied: "Link kopiert",
  copyByHand: "Bitte die Adresse aus der Adresszeile kopieren",
  print: "Drucken",
  pictures: "Bilder",
  picture: (n) => `Bild ${n} zeigen`,
};
