/** Highlighted texts of hits, shown without ever giving catalogue text to the HTML parser. */

import { h } from "./dom.js";

/** @type {Record<string, string>} */
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * Turn the API's highlight (HTML-escaped text with <mark> around matches) into nodes. Only <mark> is understood;
 * anything else that looks like a tag stays visible text.
 * @param {string} escaped
 * @returns {Node[]}
 */
export function highlighted(escaped) {
  return escaped
    .split(/(<mark>.*?<\/mark>)/su)
    .filter(Boolean)
    .map((part) => {
      const marked = /^<mark>(.*)<\/mark>$/su.exec(part);
      return marked ? h("mark", {}, unescape(marked[1])) : document.createTextNode(unescape(part));
    });
}

/**
 * @param {string} text
 * @returns {string}
 */
function unescape(text) {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/giu, (whole, hex, decimal, name) => {
    if (name) return ENTITIES[name] ?? whole;
    const code = hex ? parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
