/** One hit in the grid of results. */

import { compareTick } from "./comparison_tray.js";
import { h, link } from "./dom.js";
import { highlighted } from "./highlight.js";
import { texts } from "./i18n.js";
import { availabilityLine, priceLine, termsLine } from "./offer.js";
import { picture } from "./pictures.js";
import { typeOf } from "./placeholder.js";
import { href, view } from "./state.js";

/** The product fields that a card shows: asking for these alone keeps the answer small. */
export const CARD_FIELDS = ["id", "title", "brand", "category", "image_urls"];

/** Cards that are in sight at once load their pictures first. */
const IN_SIGHT = 8;

/**
 * Draw a card. The title is its only link; the style sheet stretches the link over the card.
 * @param {import("./api.js").Hit} hit
 * @param {string} catalog
 * @param {number} index  0-based place in the grid
 * @returns {HTMLLIElement}
 */
export function card(hit, catalog, index) {
  const { product } = hit;
  const title = hit.highlight?.title ? highlighted(hit.highlight.title) : [document.createTextNode(product.title)];
  const kind = [product.brand, typeOf(product)].filter(Boolean).join(" · ");
  return h(
    "li",
    { class: "card", "data-object": hit.id, "data-position": hit.position },
    picture(product, { eager: index < IN_SIGHT }),
    hit.badges?.length > 0 &&
      h(
        "p",
        { class: "badges" },
        hit.badges.map(({ text }) => h("span", { class: "badge" }, text)),
      ),
    h(
      "div",
      { class: "card-text" },
      // The heading comes first for screen readers; the style sheet lifts the kind above it.
      h(
        "h2",
        { class: "card-title" },
        link(
          href(view({ catalog, product: hit.id })),
          { "data-key": `product:${hit.id}`, title: product.title },
          title,
        ),
      ),
      kind && h("p", { class: "card-kind" }, kind),
      hit.matched_variants.length > 0 &&
        h("p", { class: "card-variants" }, texts().matchedVariants(hit.matched_variants.length)),
      h(
        "div",
        { class: "card-offer" },
        availabilityLine(hit.availability),
        priceLine(hit.price),
        termsLine(hit.price),
        compareTick(product, catalog),
      ),
    ),
  );
}

/**
 * Draw empty cards for the moment before the first answer.
 * @param {number} n
 * @returns {HTMLLIElement[]}
 */
export function cardOutlines(n) {
  return Array.from({ length: n }, () =>
    h(
      "li",
      { class: "card card-outline", "aria-hidden": "true" },
      h("div", { class: "picture" }),
      h("div", { class: "outline-line" }),
      h("div", { class: "outline-line outline-short" }),
    ),
  );
}
