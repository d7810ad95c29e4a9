/** Price and availability as shown on cards and product pages. */

import { h } from "./dom.js";
import { money } from "./formats.js";
import { texts } from "./i18n.js";

/**
 * Show a price, with the list price struck through where this buyer pays less.
 * @param {import("./api.js").Price | null} price
 * @returns {HTMLElement}
 */
export function priceLine(price) {
  if (!price) return h("p", { class: "price price-missing" }, texts().priceOnRequest);
  const reduced = price.list !== null && Number(price.list) > Number(price.net);
  return h(
    "p",
    { class: "price" },
    h("span", { class: "price-net" }, money(price.net, price.currency)),
    reduced &&
      h(
        "s",
        { class: "price-list" },
        h("span", { class: "visually-hidden" }, `${texts().listPrice} `),
        money(price.list ?? "", price.currency),
      ),
  );
}

/**
 * Say what stands behind a price: the buyer's price list, and the first lower price for more of it. A tier without a
 * price is on request.
 * @param {import("./api.js").Price | null} price
 * @returns {HTMLElement | null}
 */
export function termsLine(price) {
  const t = texts();
  const tier = price?.tiers.find(({ net }) => net !== null && Number(net) < Number(price.net));
  const parts = [
    price?.price_list && t.priceListName(price.price_list),
    tier && `${t.fromQuantity(tier.min_quantity)}: ${money(tier.net ?? "", price?.currency ?? "")}`,
  ].filter(Boolean);
  return parts.length ? h("p", { class: "price-terms" }, parts.join(" · ")) : null;
}

/**
 * Say whether it can be had. Without stock data there is nothing to say on a card.
 * @param {import("./api.js").Availability} availability
 * @returns {HTMLElement | null}
 */
export function availabilityLine({ in_stock: inStock, quantity, lead_time_days: days }) {
  if (inStock && quantity === null && days === null) return null;
  const t = texts();
  const stock = !inStock ? t.outOfStock : quantity === null ? t.inStock : t.inStockCount(quantity);
  return h(
    "p",
    { class: inStock ? "availability availability-yes" : "availability availability-no" },
    days === null ? stock : `${stock}, ${t.leadTime(days)}`,
  );
}
