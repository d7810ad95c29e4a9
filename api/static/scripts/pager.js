/** Links to the pages of a result: real links, so pages can be opened, shared and gone back to. */

import { h, link } from "./dom.js";
import { count } from "./formats.js";
import { texts } from "./i18n.js";
import { LAST_PAGE, PAGE_SIZE } from "./search_request.js";
import { href } from "./state.js";

/**
 * Draw the pager; nothing where all fits on one page.
 * @param {import("./state.js").View} shown
 * @param {number} total  hits
 * @returns {Node[]}
 */
export function pager(shown, total) {
  const last = Math.min(Math.ceil(total / PAGE_SIZE), LAST_PAGE);
  if (last <= 1) return [];
  const t = texts();
  /** @param {number} page */
  const to = (page) => href({ ...shown, page });
  const numbers = pageNumbers(shown.page, last).map((page) =>
    h(
      "li",
      {},
      page === null
        ? h("span", { class: "pager-gap", "aria-hidden": "true" }, "…")
        : link(to(page), { "aria-label": t.page(page), "aria-current": page === shown.page && "page" }, count(page)),
    ),
  );
  return [
    h(
      "nav",
      { class: "pager", "aria-label": t.pages },
      shown.page > 1 && link(to(shown.page - 1), { class: "pager-step", rel: "prev" }, t.previousPage),
      h("ul", {}, numbers),
      shown.page < last && link(to(shown.page + 1), { class: "pager-step", rel: "next" }, t.nextPage),
    ),
  ];
}

/**
 * Choose the pages to name: the first, the last, the current one and its neighbours; null is a gap.
 * @param {number} current
 * @param {number} last
 * @returns {(number | null)[]}
 */
export function pageNumbers(current, last) {
  const named = [...new Set([1, current - 1, current, current + 1, last])]
    .filter((page) => page >= 1 && page <= last)
    .sort((a, b) => a - b);
  return named.flatMap((page, index) => {
    const gap = page - (named[index - 1] ?? 0);
    if (gap === 2) return [page - 1, page]; // a gap of one page is that page
    return gap > 2 ? [null, page] : [page];
  });
}
