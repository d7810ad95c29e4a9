/** The page of the product map: what is near what, what of it stands out, and the product that is pointed at. */

import { announce } from "./announce.js";
import { productMap, search } from "./api.js";
import { catalogNamed } from "./catalogs.js";
import { button, h, link, svg } from "./dom.js";
import { count } from "./formats.js";
import { texts } from "./i18n.js";
import { latestOnly } from "./latest.js";
import { createMapCanvas } from "./map_canvas.js";
import { createMapCard } from "./map_card.js";
import { MARKS, markedCategories } from "./map_marks.js";
import { nextPoint, pointsOf } from "./map_points.js";
import { problemState } from "./notices.js";
import { searchRequest } from "./search_request.js";
import { href, view } from "./state.js";

/**
 * @typedef {import("./api.js").ProductMap} ProductMap
 * @typedef {import("./state.js").View} View
 */

/** As many of the best hits have a ring. */
const RINGED = 100;
const DIRECTIONS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };
const MOVE = 0.15;

/**
 * Make the page.
 * @param {import("./router.js").Router} router
 * @param {import("./api.js").Catalog[]} catalogs
 */
export function createMapPage(router, catalogs) {
  const t = texts();
  const newest = latestOnly();
  /** @type {View} */
  let shown = view();
  /** @type {{catalog: string, map: ProductMap, points: import("./map_points.js").Points, rows: Map<string, number>} | null} */
  let whole = null;
  /** @type {Set<number> | null} */
  let standing = null;
  let selected = -1;

  const title = h("h1", { tabindex: -1 });
  const status = h("p", { class: "results-count", role: "status" });
  const category = picker("category", t.mapCategory);
  const brand = picker("brand", t.mapBrand);
  const asList = link("?", { class: "button button-second" }, t.mapAsList);
  const hint = h("p", { class: "map-hint", id: "map-hint" }, t.mapHint);
  const card = createMapCard();
  const legend = h("div", { class: "map-legend-place" });
  const canvas = createMapCanvas(t.mapLabel, "map-hint", {
    point: (at) => choose(at),
    open: (at) => open(at),
  });
  const zooms = h(
    "div",
    { class: "map-zooms", role: "group", "aria-label": t.mapZoom },
    button({ class: "button button-second", "aria-label": t.mapCloser }, () => canvas.zoom(1), "+"),
    button({ class: "button button-second", "aria-label": t.mapFarther }, () => canvas.zoom(-1), "−"),
    button({ class: "button button-second" }, () => canvas.look({ x: 0.5, y: 0.5, zoom: 1 }), t.mapWhole),
  );
  const body = h(
    "div",
    { class: "map-body" },
    canvas.element,
    h("div", { class: "map-side" }, card.element, legend),
  );
  const state = h("div", {});
  const tools = h("div", { class: "map-tools" }, category.element, brand.element, zooms, asList);
  const element = h("div", { class: "map-page" }, title, status, tools, hint, body, state);

  /**
   * A choice of one value of a field, which the URL keeps.
   * @param {string} field
   * @param {string} label
   */
  function picker(field, label) {
    const select = h("select", { "data-key": `map:${field}` });
    select.addEventListener("change", () => narrow(field, select.value));
    return {
      element: h("label", {}, label, select),
      /** @param {string[]} names @param {number[]} codes */
      fill(names, codes) {
        const counts = new Array(names.length).fill(0);
        for (const code of codes) if (code >= 0) counts[code] += 1;
        const ordered = names.map((name, at) => ({ name, n: counts[at] })).sort((one, other) => other.n - one.n);
        const chosen = shown.choices.find((each) => each.field === field && each.kind === "terms");
        const value = chosen?.kind === "terms" ? chosen.value : "";
        select.replaceChildren(
          h("option", { value: "" }, t.mapAll),
          ...(value && !names.includes(value) ? [h("option", { value }, value)] : []),
          ...ordered.map(({ name, n }) => h("option", { value: name }, `${name} (${count(n)})`)),
        );
        select.value = value;
        select.parentElement?.toggleAttribute("hidden", names.length === 0);
      },
    };
  }

  /** @param {string} field @param {string} value  "" lets all stand out */
  function narrow(field, value) {
    const choices = shown.choices.filter((each) => each.field !== field);
    router.go({ ...shown, choices: value ? [...choices, { field, kind: "terms", value }] : choices });
  }

  /** @param {number} at @param {{follow?: boolean}} [how] */
  function choose(at, how = {}) {
    if (at === selected) return;
    selected = at;
    canvas.select(at, how);
    if (at < 0 || whole === null) card.clear();
    else card.show(shown.catalog, whole.points.ids[at]);
  }

  /** @param {number} at */
  function open(at) {
    if (whole !== null) router.go(view({ catalog: shown.catalog, product: whole.points.ids[at] }), { moved: true });
  }

  canvas.canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || whole === null) return;
    const direction = /** @type {Record<string, import("./map_points.js").Direction>} */ (DIRECTIONS)[event.key];
    if (direction && event.shiftKey) {
      const [x, y] = { left: [-MOVE, 0], right: [MOVE, 0], up: [0, -MOVE], down: [0, MOVE] }[direction];
      canvas.move(x, y);
    } else if (direction) {
      const { x, y } = canvas.camera();
      const from = selected < 0 ? [x, y] : [whole.points.x[selected], whole.points.y[selected]];
      const next = nextPoint(whole.points, from[0], from[1], direction, standing);
      if (next >= 0) choose(next, { follow: true });
    } else if (event.key === "+" || event.key === "=") canvas.zoom(1);
    else if (event.key === "-") canvas.zoom(-1);
    else if (event.key === "0") canvas.look({ x: 0.5, y: 0.5, zoom: 1 });
    else if (event.key === "Enter" && selected >= 0) open(selected);
    else if (event.key === "Escape") choose(-1);
    else return;
    event.preventDefault();
  });

  /**
   * Ask for the whole map where it is not known yet, for what the choices leave, and for the best hits of a query.
   * @param {AbortSignal} signal
   */
  async function ask(signal) {
    const { facet_filters: filters, ...asked } = searchRequest({ ...shown, page: 1 });
    if (whole?.catalog !== shown.catalog) {
      const map = await productMap(shown.catalog, {}, signal);
      const points = pointsOf(map);
      whole = { catalog: shown.catalog, map, points, rows: new Map(points.ids.map((id, at) => [id, at])) };
    }
    const [left, found] = await Promise.all([
      shown.choices.length ? productMap(shown.catalog, { facet_filters: filters }, signal) : null,
      shown.query
        ? search(shown.catalog, { ...asked, facets: [], fields: ["id"], facet_filters: filters, page_size: RINGED }, signal)
        : null,
    ]);
    return { whole, left, hits: found === null ? [] : found.hits.map(({ id }) => id) };
  }

  /** @param {NonNullable<Awaited<ReturnType<typeof ask>>>} answer */
  function draw({ whole: { map, points, rows }, left, hits }) {
    /** @param {string[]} ids */
    const rowsOf = (ids) => new Set(ids.map((id) => rows.get(id)).filter((row) => row !== undefined));
    standing = left === null ? null : rowsOf(left.points.ids);
    const ringed = rowsOf(hits);
    category.fill(map.categories, map.points.category);
    brand.fill(map.brands, map.points.brand);
    const marked = markedCategories(points, standing);
    const { scale } = map;
    const regions = left === null || !left.points.ids.length ? map.regions : left.regions;
    canvas.draw({
      points,
      regions: regions.map((each) => ({ ...each, x: each.x / scale, y: 1 - each.y / scale })),
      shown: standing,
      marks: new Map(marked.map(({ number }, at) => [number, at + 1])),
      ringed,
    });
    status.textContent = [
      t.mapCount(standing?.size ?? points.ids.length, points.ids.length),
      map.unplaced > 0 && t.mapUnplaced(map.unplaced),
      shown.query && t.mapRinged(ringed.size, shown.query),
    ]
      .filter(Boolean)
      .join(" ");
    legend.replaceChildren(...legendOf(map, marked));
  }

  /** @param {ProductMap} map @param {{number: number, count: number}[]} marked */
  function legendOf(map, marked) {
    if (!marked.length) return [];
    const chosen = shown.choices.find(({ field }) => field === "category");
    return [
      h("h2", { id: "map-legend" }, t.mapMarks),
      h(
        "ul",
        { class: "map-legend", "aria-labelledby": "map-legend" },
        marked.map(({ number, count: n }, at) => {
          const name = map.categories[number];
          const pressed = chosen?.kind === "terms" && chosen.value === name;
          return h(
            "li",
            {},
            button(
              { "aria-pressed": String(pressed), "data-key": `mark:${name}` },
              () => narrow("category", pressed ? "" : name),
              svg("svg", { viewBox: "-1.4 -1.4 2.8 2.8", "aria-hidden": "true" }, svg("path", { d: MARKS[at + 1] })),
              h("span", {}, name),
              h("span", { class: "map-count" }, count(n)),
            ),
          );
        }),
      ),
    ];
  }

  return {
    element,
    /**
     * Show the map of a view's catalogue.
     * @param {View} next
     * @param {import("./router.js").Arrival} arrival
     */
    async show(next, arrival) {
      shown = next;
      const { name } = catalogNamed(catalogs, next.catalog);
      title.textContent = t.mapTitle(name);
      document.title = [t.mapTitle(name), "Vitrine"].join(" – ");
      asList.href = href({ ...next, map: false });
      element.setAttribute("aria-busy", "true");
      const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.key : undefined;
      choose(-1);
      try {
        const answer = await newest(ask);
        if (answer === null) return;
        state.replaceChildren();
        body.hidden = tools.hidden = hint.hidden = false;
        draw(answer);
        if (focused) element.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
        if (arrival.cause === "go" && !arrival.moved) announce(status.textContent ?? "");
      } catch (error) {
        status.textContent = "";
        body.hidden = tools.hidden = hint.hidden = true;
        state.replaceChildren(problemState(error, () => router.refresh()));
      }
      element.setAttribute("aria-busy", "false");
      if (arrival.cause === "refresh" || !arrival.moved) return;
      scrollTo({ top: arrival.scroll, behavior: "instant" });
      title.focus({ preventScroll: true });
    },
    /** The visitor left: an answer on its way is no longer wanted. */
    leave() {
      card.clear();
      void newest(async () => null);
    },
  };
}
