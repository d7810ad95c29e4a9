/** The catalogues that are served, and the switch between them. */

import { h, link } from "./dom.js";
import { count } from "./formats.js";
import { texts } from "./i18n.js";
import { href, view } from "./state.js";

/**
 * @typedef {import("./api.js").Catalog} Catalog
 * @typedef {{id: string, name: string, currency: string}} NamedCatalog
 */

/**
 * Name a catalogue for visitors; one that has no name here goes by its id.
 * @param {Catalog[]} catalogs
 * @param {string} id
 * @returns {NamedCatalog}
 */
export function catalogNamed(catalogs, id) {
  const currency = catalogs.find((catalog) => catalog.id === id)?.currency ?? "EUR";
  return { id, currency, name: texts().catalogNames[id] ?? id };
}

/**
 * Draw the switch: links, since each leads to a page of its own.
 * @param {Element} container
 * @param {Catalog[]} catalogs
 * @param {string} current
 */
export function drawCatalogs(container, catalogs, current) {
  container.replaceChildren(
    ...catalogs.map(({ id, products }) =>
      link(
        href(view({ catalog: id })),
        { class: "catalog", "aria-current": id === current && "true", title: count(products) },
        catalogNamed(catalogs, id).name,
      ),
    ),
  );
}
