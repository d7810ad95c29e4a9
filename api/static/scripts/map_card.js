/** The product that a visitor points at on the map. */

import { products } from "./api.js";
import { h, link } from "./dom.js";
import { texts } from "./i18n.js";
import { debounced, latestOnly } from "./latest.js";
import { availabilityLine, priceLine } from "./offer.js";
import { picture } from "./pictures.js";
import { typeOf } from "./placeholder.js";
import { href, view } from "./state.js";

/** A pointer that only passes asks for nothing. */
const REST = 90;

/** Make the card; what it says is read out as it changes. */
export function createMapCard() {
  const newest = latestOnly();
  /** @type {Map<string, import("./api.js").ProductPage>} */
  const known = new Map();
  const element = h("section", { class: "map-card", "aria-label": texts().mapCard, "aria-live": "polite" });
  /** @type {{catalog: string, id: string} | null} */
  let wanted = null;

  const asking = debounced(REST, () => void ask());

  async function ask() {
    if (wanted === null) return;
    const { catalog, id } = wanted;
    try {
      const answer = await newest((signal) => products(catalog, [id], signal));
      if (answer === null) return;
      for (const page of answer.products) known.set(`${catalog}/${page.product.id}`, page);
      draw();
    } catch {
      element.replaceChildren(h("p", {}, texts().errorTitle));
    }
  }

  function draw() {
    const page = wanted && known.get(`${wanted.catalog}/${wanted.id}`);
    if (!wanted || !page) return;
    const { product, price, availability } = page;
    const kind = [product.brand, typeOf(product)].filter(Boolean).join(" · ");
    element.replaceChildren(
      picture(product),
      h("p", { class: "map-card-title" }, link(href(view({ catalog: wanted.catalog, product: product.id })), {}, product.title)),
      kind ? h("p", { class: "map-card-kind" }, kind) : "",
      priceLine(price),
      availabilityLine(availability) ?? "",
    );
  }

  function clear() {
    wanted = null;
    asking.cancel();
    element.replaceChildren(h("p", { class: "map-hint" }, texts().mapNothing));
  }
  clear();

  return {
    element,
    clear,
    /** @param {string} catalog @param {string} id */
    show(catalog, id) {
      wanted = { catalog, id };
      if (known.has(`${catalog}/${id}`)) draw();
      else asking.call();
    },
  };
}
