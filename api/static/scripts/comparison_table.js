/** The table of a comparison. What differs and what is best is said by signs and words, never by colour alone. */

import { h, link } from "./dom.js";
import { day, money } from "./formats.js";
import { texts } from "./i18n.js";
import { picture } from "./pictures.js";
import { written } from "./sheet.js";
import { href, view } from "./state.js";

/**
 * @typedef {import("./api.js").Comparison} Comparison
 * @typedef {import("./api.js").ComparisonRow} Row
 */

/**
 * Draw the table in a frame that scrolls both ways under its headers; arrow keys scroll it once it has the focus.
 * @param {string} catalog
 * @param {Comparison} answer
 * @param {{quantity: (id: string, n: number) => void}} actions
 * @returns {HTMLElement}
 */
export function comparisonTable(catalog, answer, actions) {
  const t = texts();
  const ids = answer.products.map(({ product }) => product.id);
  return h(
    "div",
    { class: "comparison-frame", role: "region", "aria-label": t.compare, tabindex: 0 },
    h(
      "table",
      { class: "comparison" },
      h("caption", { class: "visually-hidden" }, t.compareTitle(ids.length)),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("td", {}),
          answer.products.map(({ product }, index) =>
            h(
              "th",
              { scope: "col" },
              picture(product, { eager: true }),
              h("span", { class: "comparison-letter", "aria-hidden": "true" }, letter(index)),
              link(href(view({ catalog, product: product.id })), { class: "comparison-title" }, product.title),
              ids.length > 2 &&
                link(
                  href(view({ catalog, compare: ids.filter((id) => id !== product.id) })),
                  { class: "comparison-remove", "data-key": `remove:${product.id}`, "aria-label": t.compareRemove(product.title) },
                  "×",
                ),
            ),
          ),
        ),
      ),
      h(
        "tbody",
        {},
        h(
          "tr",
          { class: "comparison-differs" },
          h("th", { scope: "row" }, t.bestFor),
          answer.summary.map(({ sentence }) => h("td", {}, sentence)),
        ),
        quantities(answer, actions),
        answer.rows.map((row) => drawRow(row)),
      ),
    ),
  );
}

/**
 * Name a product by a letter, in the table and in the chart.
 * @param {number} index
 * @returns {string}
 */
export function letter(index) {
  return String.fromCharCode(65 + index);
}

/**
 * Write what a cell says, without its signs.
 * @param {Row} row
 * @param {number} index
 * @returns {string | null}
 */
export function cellText(row, index) {
  const value = row.values[index];
  if (value === null || value === undefined) return null;
  if (row.field === "price" || row.field === "price_per_piece") return money(String(value), row.unit ?? "");
  if (row.field === "released") return day(String(value));
  const unit = row.unit ?? row.cells[index]?.unit ?? null;
  return written(value, unit);
}

/**
 * @param {Comparison} answer
 * @param {{quantity: (id: string, n: number) => void}} actions
 * @returns {HTMLElement}
 */
function quantities(answer, actions) {
  const t = texts();
  return h(
    "tr",
    { class: "comparison-differs comparison-quantities" },
    h("th", { scope: "row" }, t.quantity),
    answer.products.map(({ product, offer }) => {
      const field = h("input", {
        type: "number",
        min: 1,
        max: 1_000_000,
        step: 1,
        value: offer.quantity,
        "aria-label": t.quantityOf(product.title),
        "data-key": `quantity:${product.id}`,
      });
      field.addEventListener("change", () => {
        if (field.checkValidity() && field.value) actions.quantity(product.id, Number(field.value));
      });
      return h("td", {}, field, offer.total !== null && h("span", {}, t.total(money(offer.total, offer.currency))));
    }),
  );
}

/**
 * @param {Row} row
 * @returns {HTMLElement}
 */
function drawRow(row) {
  const t = texts();
  const wanted = row.better && (row.better === "higher" ? t.higherIsBetter : t.lowerIsBetter);
  return h(
    "tr",
    { class: row.differs ? "comparison-differs" : null, "data-field": row.field },
    h(
      "th",
      { scope: "row" },
      row.group && h("span", { class: "comparison-group" }, row.group),
      row.label,
      row.differs && h("span", { class: "comparison-sign", title: t.differs }, " ≠", hidden(t.differs)),
      wanted && h("span", { class: "comparison-wanted", title: wanted }, row.better === "higher" ? " ↑" : " ↓", hidden(wanted)),
    ),
    row.values.map((_, index) => drawCell(row, index)),
  );
}

/**
 * @param {Row} row
 * @param {number} index
 * @returns {HTMLElement}
 */
function drawCell(row, index) {
  const t = texts();
  const text = cellText(row, index);
  if (text === null) return h("td", { class: "comparison-missing" }, "–", hidden(t.notStated));
  const cell = row.cells[index];
  const isBest = row.best.includes(index);
  return h(
    "td",
    { class: isBest ? "comparison-best" : null },
    isBest && h("span", { class: "comparison-sign", title: t.best }, "★ ", hidden(t.best)),
    text,
    cell?.source === "extracted" &&
      h("span", { class: "sheet-origin", title: t.extracted(cell.evidence ?? "") }, t.extractedSign),
  );
}

/** @param {string} text */
function hidden(text) {
  return h("span", { class: "visually-hidden" }, ` ${text} `);
}
