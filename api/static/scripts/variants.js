/** The variants of a product, side by side. */

import { h } from "./dom.js";
import { texts } from "./i18n.js";
import { availabilityLine, priceLine } from "./offer.js";
import { written } from "./sheet.js";

/** @typedef {import("./api.js").Variant} Variant */

/** More columns would not fit beside price and stock; the sheet has what all variants share. */
const MOST_COLUMNS = 5;

/**
 * Draw a table of variants with the attributes that tell them apart.
 * @param {Variant[]} variants
 * @returns {HTMLElement}
 */
export function variantTable(variants) {
  const t = texts();
  const columns = distinguishing(variants);
  return h(
    "section",
    { class: "variants", "aria-labelledby": "variants-title" },
    h("h2", { id: "variants-title" }, t.variants(variants.length)),
    h(
      "div",
      { class: "variants-scroll", tabindex: 0, role: "region", "aria-labelledby": "variants-title" },
      h(
        "table",
        {},
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            h("th", { scope: "col" }, t.articleLabel),
            columns.map(({ label }) => h("th", { scope: "col" }, label)),
            h("th", { scope: "col" }, t.fieldNames.price),
            h("th", { scope: "col" }, t.fieldNames.in_stock),
          ),
        ),
        h("tbody", {}, variants.map((variant) => line(variant, columns))),
      ),
    ),
  );
}

/**
 * @param {Variant} variant
 * @param {{name: string}[]} columns
 * @returns {HTMLElement}
 */
function line({ id, mpn, price, availability, sheet }, columns) {
  const rows = new Map(sheet.map((row) => [row.name, row]));
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, mpn ?? id),
    columns.map(({ name }) => {
      const row = rows.get(name);
      return h("td", {}, row ? written(row.value, row.unit) : "–");
    }),
    h("td", { class: "variant-price" }, priceLine(price)),
    h("td", {}, availabilityLine(availability) ?? texts().available),
  );
}

/**
 * Return the attributes whose values differ between the variants, in the order of the sheet.
 * @param {Variant[]} variants
 * @returns {{name: string, label: string}[]}
 */
function distinguishing(variants) {
  /** @type {Map<string, {label: string, values: Set<string>, carriers: number}>} */
  const seen = new Map();
  for (const { sheet } of variants) {
    for (const { name, label, value, unit } of sheet) {
      const known = seen.get(name) ?? { label, values: new Set(), carriers: 0 };
      known.values.add(written(value, unit));
      known.carriers += 1;
      seen.set(name, known);
    }
  }
  return [...seen]
    .filter(([, { values, carriers }]) => values.size > 1 || carriers < variants.length)
    .slice(0, MOST_COLUMNS)
    .map(([name, { label }]) => ({ name, label }));
}
