/** Where the range does not meet what is searched for: on the map of the catalogue, and as a table. */

import { button, h, svg } from "../dom.js";
import { debounced, latestOnly } from "../latest.js";
import { call, pathsOf } from "./client.js";
import { told } from "./dialogs.js";

/** @type {Record<string, string>} */
const REASONS = {
  nothing_found: "searches found nothing",
  few_in_assortment: "few in the assortment",
  few_products: "much asked, little there",
};
const SIDE = 600;
const INSET = 30;

/**
 * @param {HTMLElement} main
 * @param {string} catalog
 * @param {(query: string) => void} preview
 */
export async function showGaps(main, catalog, preview) {
  const { root } = pathsOf(catalog);
  const newest = latestOnly();
  const account = h("input", { name: "account", autocomplete: "off" });
  const group = h("input", { name: "group", autocomplete: "off" });
  const form = h(
    "form",
    { class: "console-form" },
    h("label", {}, h("span", {}, "Assortment of the account"), account),
    h("label", {}, h("span", {}, "Buyer group"), group),
  );
  const place = h("div", { class: "console-gaps" });
  main.replaceChildren(
    h("h1", { tabindex: -1 }, "Gaps in the range"),
    h("p", { class: "console-soft" }, "The searches of the last 30 days on the product map: a circle is a neighbourhood, larger for more products. Gaps are filled and numbered as in the table."),
    form,
    place,
  );

  async function refresh() {
    /** @type {Record<string, string>} */
    const params = {};
    if (account.value.trim()) params.as_account = account.value.trim();
    if (group.value.trim()) params.as_group = group.value.trim();
    const answer = await newest((signal) => call("GET", `${root}/map/gaps`, { params, signal }));
    if (answer !== null) draw(answer);
  }

  /** @param {any} answer */
  function draw(answer) {
    const gaps = answer.regions.filter((/** @type {any} */ each) => each.reasons.length);
    const said = `${answer.searches} searches; ${gaps.length} of ${answer.regions.length} neighbourhoods are gaps.`;
    place.replaceChildren(
      h("p", { role: "status" }, answer.searches ? said : "Nobody has searched in this time: there is nothing to hold the range against yet."),
      picture(answer, gaps),
      ...(gaps.length ? [gapTable(gaps, preview)] : []),
      ...(answer.nowhere.length ? [nowhereTable(answer.nowhere, preview)] : []),
    );
  }

  const soon = debounced(250, () => told(refresh));
  for (const input of [account, group]) input.addEventListener("input", soon.call);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    soon.cancel();
    void told(refresh);
  });
  await refresh();
}

/** @param {any} answer @param {any[]} gaps */
function picture({ regions, scale }, gaps) {
  const most = Math.max(1, ...regions.map((/** @type {any} */ each) => each.products));
  /** @param {number} share */
  const along = (share) => INSET + ((SIDE - 2 * INSET) * share) / scale;
  // The gaps come last, so that they lie above the others.
  const circles = [...regions].reverse().map((region) => {
    const at = gaps.indexOf(region);
    const [x, y] = [along(region.x), along(scale - region.y)];
    const radius = 5 + 17 * Math.sqrt(region.products / most);
    return svg(
      "g",
      { class: at < 0 ? "console-region" : "console-region console-region-gap" },
      svg("circle", { cx: x, cy: y, r: radius }),
      svg("title", {}, `${region.name}: ${region.searches} searches, ${region.seen} of ${region.products} products`),
      at >= 0 && svg("text", { x, y }, at + 1),
    );
  });
  const label = `Product map: ${gaps.length} of ${regions.length} neighbourhoods are gaps`;
  return svg("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, class: "console-map", role: "img", "aria-label": label }, circles);
}

/** @param {any[]} gaps @param {(query: string) => void} preview */
function gapTable(gaps, preview) {
  const head = ["No.", "Neighbourhood", "Why", "Searches", "Without result", "In the assortment", "Most searched"];
  const lines = gaps.map((each, at) =>
    h(
      "tr",
      {},
      h("td", {}, at + 1),
      h("th", { scope: "row" }, each.name || "–"),
      h("td", {}, each.reasons.map((/** @type {string} */ reason) => REASONS[reason] ?? reason).join(", ")),
      h("td", {}, figure(each.searches)),
      h("td", {}, figure(each.without_result)),
      h("td", {}, `${figure(each.seen)} of ${figure(each.products)}`),
      h("td", {}, each.queries.map((/** @type {string} */ query) => looked(query, preview))),
    ),
  );
  return table("Gaps", head, lines);
}

/** @param {any[]} queries @param {(query: string) => void} preview */
function nowhereTable(queries, preview) {
  const lines = queries.map((each) =>
    h("tr", {}, h("td", {}, looked(each.query, preview)), h("td", {}, figure(each.searches)), h("td", {}, figure(each.without_result))),
  );
  return table("Searches near no product", ["Query", "Searches", "Without result"], lines);
}

/** @param {string} name @param {string[]} head @param {HTMLElement[]} lines */
function table(name, head, lines) {
  return h(
    "table",
    { class: "console-table" },
    h("caption", {}, name),
    h("thead", {}, h("tr", {}, head.map((each) => h("th", { scope: "col" }, each)))),
    h("tbody", {}, lines),
  );
}

/** @param {string} query @param {(query: string) => void} preview */
function looked(query, preview) {
  return button({ class: "console-button console-small", "aria-label": `Preview: ${query}` }, () => preview(query), query);
}

/** @param {number} value */
function figure(value) {
  return value.toLocaleString("en", { maximumFractionDigits: 1 });
}
