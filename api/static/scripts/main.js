/** Start the storefront: wire the header, then show what the URL says. */

import { listCatalogs } from "./api.js";
import { drawBuyers } from "./buyers.js";
import { cartLines, onCartChange } from "./cart.js";
import { createCartPage } from "./cart_page.js";
import { drawCatalogs } from "./catalogs.js";
import { createComparisonPage } from "./comparison_page.js";
import { h } from "./dom.js";
import { startEvents } from "./events.js";
import { language, setLanguage, texts, translatePage } from "./i18n.js";
import { latestOnly } from "./latest.js";
import { createMapPage } from "./map_page.js";
import { problemState } from "./notices.js";
import { createProductPage } from "./product.js";
import { createRouter } from "./router.js";
import { createSearchPage } from "./search.js";
import { startSession } from "./session.js";
import { href, view } from "./state.js";
import { createSearchBox } from "./suggest.js";
import { startTheme } from "./theme.js";

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @returns {T}
 */
const part = (id) => /** @type {T} */ (document.getElementById(id));

const main = part("main");

/** Draw the page in the language that was chosen; until the first page stands, there is none to draw. */
let redraw = () => {};

startTheme(part("theme"));
translatePage();
startLanguages(part("language"));
startEvents();
await start();

async function start() {
  try {
    await startSession();
    const { catalogs } = await listCatalogs();
    if (catalogs.length) run(catalogs);
    else showAlone(new Error(texts().noCatalogs));
  } catch (error) {
    showAlone(error);
  }
}

/**
 * Listen to the choice of a language from the start: who is quick chooses before the catalogues are known.
 * @param {HTMLSelectElement} languages
 */
function startLanguages(languages) {
  languages.value = language();
  languages.addEventListener("change", () => {
    setLanguage(languages.value);
    redraw();
  });
}

/** @param {import("./api.js").Catalog[]} first */
function run(first) {
  let catalogs = first;
  /** @type {ReturnType<typeof createSearchPage> | null} */
  let results = null;
  /** @type {ReturnType<typeof createProductPage> | null} */
  let product = null;
  /** @type {ReturnType<typeof createCartPage> | null} */
  let cart = null;
  /** @type {ReturnType<typeof createComparisonPage> | null} */
  let comparison = null;
  /** @type {ReturnType<typeof createMapPage> | null} */
  let map = null;

  const router = createRouter(catalogs[0].id, (shown, arrival) => {
    drawCatalogs(part("catalogs"), catalogs, shown.catalog);
    searchBox.follow(shown, arrival);
    drawCartLink(shown.catalog);
    const page =
      shown.product !== null
        ? (product ??= createProductPage(router, catalogs))
        : shown.compare !== null
          ? (comparison ??= createComparisonPage(router, catalogs))
          : shown.cart
            ? (cart ??= createCartPage(router, catalogs))
            : shown.map
              ? (map ??= createMapPage(router, catalogs))
              : (results ??= createSearchPage(router, catalogs));
    for (const other of [results, product, comparison, cart, map]) if (other !== page) other?.leave();
    if (!main.contains(page.element)) main.replaceChildren(page.element);
    void page.show(shown, arrival);
  });
  const searchBox = createSearchBox(part("searchbox"), router);

  redraw = () => {
    forgetPages(); // made anew with the new texts
    drawBuyers(part("buyers"), follow, () => router.current().catalog);
    router.refresh();
  };

  onCartChange(() => drawCartLink(router.current().catalog));

  const newest = latestOnly();

  function forgetPages() {
    for (const page of [results, product, comparison, cart, map]) page?.leave();
    results = product = comparison = cart = map = null;
  }

  /** Show what another buyer sees of the same view: from the first page, in a catalogue that they may see. */
  async function follow() {
    try {
      const answer = await newest((signal) => listCatalogs(signal));
      if (answer === null) return;
      catalogs = answer.catalogs;
      forgetPages();
      const shown = router.current();
      if (!catalogs.some(({ id }) => id === shown.catalog)) router.go(view({ catalog: catalogs[0]?.id }));
      else if (shown.page > 1) router.go({ ...shown, page: 1 }, { replace: true });
      else router.refresh();
    } catch (error) {
      showAlone(error);
    }
  }
  drawBuyers(part("buyers"), follow, () => router.current().catalog);

  router.start();
}

/** @param {string} catalog */
function drawCartLink(catalog) {
  const count = cartLines(catalog).reduce((sum, { quantity }) => sum + quantity, 0);
  const anchor = /** @type {HTMLAnchorElement} */ (part("cart"));
  anchor.href = href(view({ catalog, cart: true }));
  anchor.setAttribute("aria-label", texts().cartWith(count));
  part("cart-count").textContent = count ? String(count) : "";
}

/**
 * Show a problem that leaves nothing else to show.
 * @param {unknown} error
 */
function showAlone(error) {
  main.replaceChildren(
    h("h1", { class: "visually-hidden" }, "Vitrine"),
    problemState(error, () => location.reload()),
  );
}
