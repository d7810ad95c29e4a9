/**
 * Drawn stand-ins for missing pictures: a line drawing of the kind of thing, or initials, on a calm colour of its
 * own. The same product always looks the same, and products of one brand share a colour.
 */

import { svg } from "./dom.js";
import { glyphFor } from "./glyphs.js";

/** Hues far enough apart to tell, all muted by the style sheet. */
const HUES = [20, 45, 75, 105, 140, 165, 195, 220, 250, 280, 310, 345];

/**
 * Draw the stand-in for a product. It is decoration: the product's name always stands beside it.
 * @param {import("./api.js").Product} product
 * @returns {SVGElement}
 */
export function placeholder(product) {
  const type = typeOf(product);
  const paths = glyphFor(type, product.title);
  const drawing = svg(
    "svg",
    { class: "placeholder", viewBox: "0 0 160 120", "aria-hidden": "true", preserveAspectRatio: "xMidYMid slice" },
    svg("rect", { class: "placeholder-wall", width: 160, height: 120 }),
    paths
      ? svg(
          "g",
          { class: "placeholder-glyph", transform: "translate(44 24) scale(1.5)" },
          paths.map((d) => svg("path", { d })),
        )
      : svg("text", { class: "placeholder-initials", x: 80, y: 71, "text-anchor": "middle" }, initials(product, type)),
  );
  // Through the CSSOM: a strict Content-Security-Policy forbids style attributes in markup, not this.
  drawing.style.setProperty("--hue", String(HUES[hash(product.brand || type || product.title) % HUES.length]));
  return drawing;
}

/**
 * Name the kind of thing: the last part of its first category path.
 * @param {import("./api.js").Product} product
 * @returns {string}
 */
export function typeOf(product) {
  return product.category?.[0]?.split(" > ").at(-1) ?? "";
}

/**
 * @param {import("./api.js").Product} product
 * @param {string} type
 * @returns {string}
 */
function initials(product, type) {
  const words = (product.brand || type || product.title).match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length === 1) return words[0].slice(0, words[0].length > 3 ? 2 : 3).toUpperCase();
  return words
    .slice(0, 2)
    .map((word) => [...word][0].toUpperCase())
    .join("");
}

/**
 * FNV-1a, its high bits folded into the low ones: those alone spread short names badly.
 * @param {string} text
 * @returns {number}
 */
function hash(text) {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}
