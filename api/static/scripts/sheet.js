/** The attribute sheet of a product page. */

import { h } from "./dom.js";
import { quantity } from "./formats.js";
import { texts } from "./i18n.js";

/** @typedef {import("./api.js").SheetRow} SheetRow */

/**
 * Draw the sheet, rows grouped as the catalogue groups them and in its order.
 * @param {SheetRow[]} rows
 * @returns {HTMLElement}
 */
export function sheet(rows) {
  const t = texts();
  /** @type {Map<string, SheetRow[]>} */
  const groups = new Map();
  for (const row of rows) {
    const name = row.group ?? t.general;
    const members = groups.get(name) ?? [];
    groups.set(name, members);
    members.push(row);
  }
  return h(
    "section",
    { class: "sheet", "aria-labelledby": "sheet-title" },
    h("h2", { id: "sheet-title" }, t.specifications),
    rows.length === 0 && h("p", { class: "sheet-empty" }, t.noSpecifications),
    [...groups].map(([name, members]) =>
      h(
        "div",
        { class: "sheet-group" },
        // A lone group needs no name: the heading of the sheet has said it.
        groups.size > 1 && h("h3", {}, name),
        h(
          "dl",
          { class: "sheet-rows" },
          members.map((row) =>
            h(
              "div",
              { class: "sheet-row" },
              h("dt", {}, row.label),
              h("dd", { title: row.source === "given" ? row.evidence : null }, written(row.value, row.unit), origin(row)),
            ),
          ),
        ),
      ),
    ),
  );
}

/**
 * Write a value with its unit as people read it.
 * @param {SheetRow["value"]} value
 * @param {string | null} unit
 * @returns {string}
 */
export function written(value, unit) {
  if (Array.isArray(value)) return value.map((each) => written(each, unit)).join(", ");
  if (typeof value === "boolean") return value ? texts().yes : texts().no;
  if (typeof value === "number") return quantity(value, unit);
  return unit ? `${value}\u00a0${unit}` : value;
}

/**
 * Mark what was read from texts and not given by the catalogue: it can be wrong.
 * @param {SheetRow} row
 * @returns {HTMLElement | null}
 */
function origin({ source, evidence }) {
  if (source !== "extracted") return null;
  return h("span", { class: "sheet-origin", title: texts().extracted(evidence ?? "") }, texts().extractedSign);
}
