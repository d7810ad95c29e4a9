/** The product page. */

import { announce } from "./announce.js";
import { product as fetchProduct } from "./api.js";
import { addToCart } from "./cart.js";
import { catalogNamed } from "./catalogs.js";
import { button, h, link } from "./dom.js";
import { tell } from "./events.js";
import { day, money } from "./formats.js";
import { gallery } from "./gallery.js";
import { texts } from "./i18n.js";
import { latestOnly } from "./latest.js";
import { problemState } from "./notices.js";
import { availabilityLine, priceLine } from "./offer.js";
import { sheet } from "./sheet.js";
import { href, view } from "./state.js";
import { createUnits } from "./units.js";
import { variantTable } from "./variants.js";
import { rememberViewed, viewedProducts } from "./viewed.js";

const UNITS = ["bought_together", "accessories", "similar"];

/**
 * @typedef {import("./api.js").ProductPage} ProductPage
 * @typedef {import("./router.js").Arrival} Arrival
 * @typedef {import("./state.js").View} View
 */

/**
 * Make the product page.
 * @param {import("./router.js").Router} router
 * @param {import("./api.js").Catalog[]} catalogs
 */
export function createProductPage(router, catalogs) {
  const newest = latestOnly();
  const units = createUnits();
  const element = h("div", { class: "product-page" });

  /** @param {string} catalog */
  function backLink(catalog) {
    const origin = router.origin();
    const anchor = link(origin?.href ?? href(view({ catalog })), { class: "back" }, texts().backToResults);
    anchor.addEventListener("click", (event) => {
      // The browser's own "back" also brings back scroll position and focus.
      if (!origin?.direct || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      history.back();
    });
    return anchor;
  }

  return {
    element,
    /**
     * Show a product, unless another view comes in between.
     * @param {View} shown
     * @param {Arrival} arrival
     */
    async show(shown, arrival) {
      const id = shown.product ?? "";
      element.setAttribute("aria-busy", "true");
      try {
        const page = await newest((signal) => fetchProduct(shown.catalog, id, signal));
        if (page === null) return;
        const { name } = catalogNamed(catalogs, shown.catalog);
        document.title = [page.product.title, name, "Vitrine"].join(" – ");
        units.clear();
        element.replaceChildren(backLink(shown.catalog), article(page, shown.catalog, name), units.element);
        void units.show(shown.catalog, "product_page", UNITS, { product_ids: [id], viewed: viewedProducts(shown.catalog) });
        rememberViewed(shown.catalog, id);
        tell(shown.catalog, "view", { object: id });
      } catch (error) {
        document.title = "Vitrine";
        const title = h("h1", { class: "visually-hidden", tabindex: -1 }, texts().errorTitle);
        element.replaceChildren(
          backLink(shown.catalog),
          title,
          problemState(error, () => router.refresh()),
        );
      }
      element.setAttribute("aria-busy", "false");
      if (arrival.cause === "refresh") return;
      scrollTo({ top: arrival.scroll, behavior: "instant" });
      if (arrival.moved) element.querySelector("h1")?.focus({ preventScroll: true });
    },
    /** The visitor left: an answer on its way is no longer wanted. */
    leave() {
      units.clear();
      void newest(async () => null);
    },
  };
}

/**
 * @param {ProductPage} page
 * @param {string} catalog
 * @param {string} catalogName
 * @returns {HTMLElement}
 */
function article({ product, price, availability, sheet: rows, variants }, catalog, catalogName) {
  const t = texts();
  const brand = product.brand;
  return h(
    "article",
    { class: "product" },
    breadcrumb(product.category?.[0], catalog, catalogName),
    h(
      "div",
      { class: "product-top" },
      gallery(product),
      h(
        "div",
        { class: "product-facts" },
        brand &&
          h(
            "p",
            { class: "product-brand" },
            link(href(view({ catalog, choices: [{ field: "brand", kind: "terms", value: brand }] })), {}, brand),
          ),
        h("h1", { tabindex: -1 }, product.title),
        h(
          "div",
          { class: "offer" },
          priceLine(price),
          price && h("p", { class: "offer-note" }, t.net),
          price?.price_list && h("p", { class: "offer-list" }, t.priceListName(price.price_list)),
          availabilityLine(availability) ?? h("p", { class: "availability availability-yes" }, t.available),
          price && price.tiers.length > 0 && tierPrices(price),
        ),
        identifiers(product),
        h(
          "div",
          { class: "actions" },
          button({ class: "button" }, () => putIntoCart(catalog, product), t.addToCart),
          button({ class: "button button-second" }, (event) => void copyLink(event.currentTarget), t.copyLink),
          button({ class: "button button-second" }, () => print(), t.print),
        ),
        product.description &&
          h(
            "section",
            { class: "description" },
            h("h2", {}, t.description),
            product.description.split(/\n+/u).map((paragraph) => h("p", {}, paragraph)),
          ),
      ),
    ),
    variants.length > 0 && variantTable(variants),
    sheet(rows),
  );
}

/**
 * @param {string | undefined} path
 * @param {string} catalog
 * @param {string} catalogName
 * @returns {HTMLElement}
 */
function breadcrumb(path, catalog, catalogName) {
  const levels = path?.split(" > ") ?? [];
  const steps = levels.map((name, index) => {
    const value = levels.slice(0, index + 1).join(" > ");
    return h("li", {}, link(href(view({ catalog, choices: [{ field: "category", kind: "terms", value }] })), {}, name));
  });
  return h(
    "nav",
    { class: "breadcrumb", "aria-label": texts().breadcrumb },
    h("ol", {}, h("li", {}, link(href(view({ catalog })), {}, catalogName)), steps),
  );
}

/**
 * @param {import("./api.js").Product} product
 * @returns {HTMLElement}
 */
function identifiers({ id, mpn, gtin, released }) {
  const t = texts();
  /** @type {[string, string | null | undefined][]} */
  const rows = [
    [t.partNumberLabel, mpn],
    [t.gtinLabel, gtin?.join(", ")],
    [t.articleLabel, id],
    [t.releasedLabel, released && day(released)],
  ];
  return h(
    "dl",
    { class: "identifiers" },
    rows.filter(([, value]) => value).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
  );
}

/**
 * @param {import("./api.js").Price} price
 * @returns {HTMLElement}
 */
function tierPrices({ tiers, currency }) {
  const t = texts();
  return h(
    "table",
    { class: "tiers" },
    h("caption", {}, t.tierPrices),
    h(
      "tbody",
      {},
      tiers.map(({ min_quantity: least, net }) =>
        h("tr", {}, h("th", { scope: "row" }, t.fromQuantity(least)), h("td", {}, net === null ? t.priceOnRequest : money(net, currency))),
      ),
    ),
  );
}

/**
 * @param {string} catalog
 * @param {import("./api.js").Product} product
 */
function putIntoCart(catalog, { id, title }) {
  addToCart(catalog, id);
  announce(texts().addedToCart(title));
}

/** @param {EventTarget | null} pressed */
async function copyLink(pressed) {
  const t = texts();
  let outcome = t.linkCopied;
  try {
    await navigator.clipboard.writeText(location.href);
  } catch {
    outcome = t.copyByHand; // no permission, or a page without HTTPS
  }
  if (pressed instanceof HTMLElement) pressed.textContent = outcome;
  announce(outcome);
}
