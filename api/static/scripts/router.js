/** From clicks and the browser's history to views. */

import { href, parse } from "./state.js";

/**
 * @typedef {import("./state.js").View} View
 *
 * How a view came about: `load` (the page was opened), `go` (a link or a control), `history` (back or forward),
 * `refresh` (same view, shown again). `moved` is true where the visitor left one place for another and the focus must follow.
 * @typedef {{cause: "load" | "go" | "history" | "refresh", moved: boolean, scroll: number, opened: string | null}} Arrival
 *
 * What each history entry remembers: where it was scrolled, which product was opened from it, and the results
 * that led to it (`direct`: they are the entry just before).
 * @typedef {{href: string, direct: boolean}} Origin
 * @typedef {{scroll: number, opened: string | null, origin: Origin | null}} Entry
 */

/**
 * @param {string} firstCatalog  shown where the URL names none
 * @param {(shown: View, arrival: Arrival) => void} show
 */
export function createRouter(firstCatalog, show) {
  history.scrollRestoration = "manual"; // results arrive later than the browser would scroll

  /** @returns {Entry} */
  const entry = () => history.state ?? { scroll: 0, opened: null, origin: null };
  let current = parse(location.search, firstCatalog);

  /**
   * Go to a view.
   * @param {View} next
   * @param {{replace?: boolean, moved?: boolean}} [how]  `replace` keeps the history as it is
   */
  function go(next, { replace = false, moved = false } = {}) {
    const here = entry();
    if (replace || href(next) === href(current)) {
      history.replaceState({ ...here, scroll: 0, opened: null }, "", href(next));
    } else {
      const fromResults = current.product === null && current.compare === null;
      const origin = fromResults
        ? { href: href(current), direct: true }
        : here.origin && { ...here.origin, direct: false };
      history.replaceState({ ...here, scroll: scrollY, opened: next.product }, "");
      history.pushState({ scroll: 0, opened: null, origin }, "", href(next));
    }
    current = next;
    show(next, { cause: "go", moved, scroll: 0, opened: null });
  }

  addEventListener("popstate", () => {
    const next = parse(location.search, firstCatalog);
    // A jump within the page (the skip link) changes only the fragment.
    if (href(next) === href(current)) return;
    current = next;
    show(next, { cause: "history", moved: true, scroll: entry().scroll, opened: entry().opened });
  });

  document.addEventListener("click", (event) => {
    const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    const anchor = event.target instanceof Element ? event.target.closest("a[data-link]") : null;
    if (!plain || event.defaultPrevented || !(anchor instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    go(parse(anchor.search, firstCatalog), { moved: true });
  });

  return {
    go,
    /** The view that is shown. */
    current: () => current,
    /** Show the current view again, say in another language. */
    refresh: () => show(current, { cause: "refresh", moved: false, scroll: scrollY, opened: null }),
    /** Show the view of the address bar for the first time. */
    start: () => show(current, { cause: "load", moved: false, scroll: entry().scroll, opened: null }),
    /** The results that the visitor came from; null where the link was opened from outside. */
    origin: () => entry().origin,
  };
}

/** @typedef {ReturnType<typeof createRouter>} Router */
