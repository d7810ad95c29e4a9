/** The cart's page: its lines, and what goes with them. */

import { products } from "./api.js";
import { cartLines, removeFromCart } from "./cart.js";
import { catalogNamed } from "./catalogs.js";
import { button, h, link } from "./dom.js";
import { texts } from "./i18n.js";
import { latestOnly } from "./latest.js";
import { problemState } from "./notices.js";
import { priceLine } from "./offer.js";
import { href, view } from "./state.js";
import { createUnits } from "./units.js";
import { viewedProducts } from "./viewed.js";

/**
 * Make the cart's page.
 * @param {import("./router.js").Router} router
 * @param {import("./api.js").Catalog[]} catalogs
 */
export function createCartPage(router, catalogs) {
  const newest = latestOnly();
  const units = createUnits();
  const title = h("h1", { tabindex: -1 }, texts().cart);
  const lines = h("div", { class: "cart-lines" });
  const element = h("div", { class: "cart-page" }, title, lines, units.element);

  return {
    element,
    /**
     * Show the cart of the view's catalogue.
     * @param {import("./state.js").View} shown
     * @param {import("./router.js").Arrival} arrival
     */
    async show({ catalog }, arrival) {
      const kept = cartLines(catalog);
      const ids = kept.map(({ id }) => id);
      document.title = [texts().cart, catalogNamed(catalogs, catalog).name, "Vitrine"].join(" – ");
      try {
        const answer = await newest((signal) =>
          ids.length ? products(catalog, ids, signal) : Promise.resolve({ products: [] }),
        );
        if (answer === null) return;
        const known = new Map(answer.products.map((page) => [page.product.id, page]));
        lines.replaceChildren(
          ...(known.size
            ? [table(catalog, kept, known)]
            : [
                h("p", {}, texts().cartEmpty),
                h("p", {}, link(href(view({ catalog })), { class: "button" }, texts().browseAll(catalogNamed(catalogs, catalog).name))),
              ]),
        );
        const strategies = known.size ? ["accessories", "bought_together", "for_you"] : ["for_you", "trending"];
        void units.show(catalog, "cart_page", strategies, { cart: [...known.keys()], viewed: viewedProducts(catalog) });
      } catch (error) {
        units.clear();
        lines.replaceChildren(problemState(error, () => router.refresh()));
      }
      if (arrival.cause === "refresh") return;
      scrollTo({ top: arrival.scroll, behavior: "instant" });
      if (arrival.moved) title.focus({ preventScroll: true });
    },
    /** The visitor left: an answer on its way is no longer wanted. */
    leave() {
      units.clear();
      void newest(async () => null);
    },
  };

  /**
   * @param {string} catalog
   * @param {import("./cart.js").CartLine[]} kept
   * @param {Map<string, import("./api.js").ProductPage>} known
   */
  function table(catalog, kept, known) {
    const t = texts();
    return h(
      "ul",
      { class: "cart-list", "aria-label": t.cart },
      kept
        .filter(({ id }) => known.has(id))
        .map(({ id, quantity }) => {
          const page = known.get(id);
          const name = page?.product.title ?? id;
          const remove = () => {
            removeFromCart(catalog, id);
            title.focus({ preventScroll: true });
            router.refresh();
          };
          return h(
            "li",
            { class: "cart-line" },
            h("span", { class: "cart-quantity" }, `${quantity} ×`),
            link(href(view({ catalog, product: id })), { class: "cart-title" }, name),
            priceLine(page?.price ?? null),
            button({ class: "button button-second", "aria-label": t.removeFromCart(name) }, remove, t.remove),
          );
        }),
    );
  }
}
