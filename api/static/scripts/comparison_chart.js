/**
 * Parallel coordinates of a comparison: an upright axis for each number that differs, a line for each product. Lines are told
 * apart by dashes, marks and letters; where a direction is better, it points up. The table says the same in words.
 */

import { cellText, letter } from "./comparison_table.js";
import { button, h, svg } from "./dom.js";
import { quantity } from "./formats.js";
import { texts } from "./i18n.js";

/**
 * @typedef {import("./api.js").Comparison} Comparison
 * @typedef {import("./api.js").ComparisonRow} Row
 */

const MOST_AXES = 7;
const WIDTH = 900;
const HEIGHT = 320;
const TOP = 46;
const BOTTOM = 262;
const SIDE = 70;
const DASHES = ["", "10 5", "3 4", "14 4 3 4", "6 3", "1 5", "18 6", "8 3 2 3", "4 8", "12 3 3 3 3 3"];
const MARKS = ["M-5-5h10v10h-10z", "M0-6 6 5-6 5z", "M0-6 6 0 0 6-6 0z", "M-6-5h12L0 6z", "M-5 0a5 5 0 1 0 10 0 5 5 0 1 0-10 0"];

/**
 * Draw the chart; null where fewer than two numbers differ.
 * @param {Comparison} answer
 * @returns {HTMLElement | null}
 */
export function chart(answer) {
  const axes = answer.rows.filter(isAxis).slice(0, MOST_AXES);
  if (axes.length < 2) return null;
  const t = texts();
  const products = answer.products.map((_, index) => line(axes, index));
  const legend = answer.products.map(({ product }, index) =>
    h("li", {}, key(index, product.title, products[index])),
  );
  return h(
    "section",
    { class: "comparison-chart", "aria-labelledby": "chart-title" },
    h("h2", { id: "chart-title" }, t.chart),
    h("p", { class: "comparison-legend" }, t.chartHint),
    svg(
      "svg",
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": t.chartOf(axes.map(({ label }) => label).join(", ")) },
      axes.map((row, at) => axis(row, across(at, axes.length))),
      products,
    ),
    h("ul", { class: "comparison-keys" }, legend),
  );
}

/** @param {Row} row */
function isAxis(row) {
  return row.differs && numbers(row).length > 1 && Math.max(...numbers(row)) > Math.min(...numbers(row));
}

/**
 * @param {Row} row
 * @returns {number[]}
 */
function numbers(row) {
  return row.normalised.filter((value) => typeof value === "number");
}

/**
 * @param {number} at
 * @param {number} n
 */
function across(at, n) {
  return SIDE + ((WIDTH - 2 * SIDE) * at) / (n - 1);
}

/**
 * @param {Row} row
 * @param {number} value
 */
function upright(row, value) {
  const [low, high] = [Math.min(...numbers(row)), Math.max(...numbers(row))];
  const share = (value - low) / (high - low);
  return row.better === "lower" ? TOP + share * (BOTTOM - TOP) : BOTTOM - share * (BOTTOM - TOP);
}

/**
 * @param {Row} row
 * @param {number} x
 */
function axis(row, x) {
  const ends = [Math.min(...numbers(row)), Math.max(...numbers(row))].map((value) => quantity(value, row.normalised_unit));
  const [bottom, top] = row.better === "lower" ? ends.reverse() : ends;
  return svg(
    "g",
    { class: "comparison-axis" },
    svg("path", { d: `M${x} ${TOP}V${BOTTOM}` }),
    svg("text", { x, y: TOP - 12 }, top),
    svg("text", { x, y: BOTTOM + 20 }, bottom),
    svg("text", { x, y: BOTTOM + 42, class: "comparison-axis-name" }, row.label.length > 22 ? `${row.label.slice(0, 21)}…` : row.label, svg("title", {}, row.label)),
  );
}

/**
 * @param {Row[]} axes
 * @param {number} index  of the product
 * @returns {SVGElement}
 */
function line(axes, index) {
  /** @type {string[]} */
  const steps = [];
  const marks = [];
  let broken = true;
  for (const [at, row] of axes.entries()) {
    const value = row.normalised[index];
    if (typeof value !== "number") {
      broken = true; // what is not known is not drawn
      continue;
    }
    const [x, y] = [across(at, axes.length), upright(row, value)];
    steps.push(`${broken ? "M" : "L"}${x} ${y}`);
    broken = false;
    marks.push(
      svg("path", { d: MARKS[index % MARKS.length], transform: `translate(${x} ${y})`, class: "comparison-mark" }, svg("title", {}, `${letter(index)} · ${row.label}: ${cellText(row, index)}`)),
    );
  }
  return svg("g", { class: "comparison-line" }, svg("path", { d: steps.join(""), "stroke-dasharray": DASHES[index] }), marks);
}

/**
 * Draw a product's key: a button that brings its line to the front.
 * @param {number} index
 * @param {string} title
 * @param {SVGElement} drawn
 */
function key(index, title, drawn) {
  const pressed = button(
    { class: "comparison-key", "aria-pressed": "false" },
    () => {
      const on = drawn.classList.toggle("comparison-line-on");
      pressed.setAttribute("aria-pressed", String(on));
      drawn.parentNode?.append(drawn);
    },
    svg(
      "svg",
      { viewBox: "0 0 48 14", width: 48, height: 14, "aria-hidden": "true", class: "comparison-line" },
      svg("path", { d: "M0 7H48", "stroke-dasharray": DASHES[index] }),
      svg("path", { d: MARKS[index % MARKS.length], transform: "translate(24 7)", class: "comparison-mark" }),
    ),
    h("span", {}, `${letter(index)} · ${title}`),
  );
  return pressed;
}
