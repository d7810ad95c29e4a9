/** The products that the visitor looked at in this browser, which recommendations are made from. */

import { recall, remember } from "./preferences.js";

const MOST = 20;

/**
 * Return the ids, the oldest first.
 * @param {string} catalog
 * @returns {string[]}
 */
export function viewedProducts(catalog) {
  try {
    return JSON.parse(recall(`viewed.${catalog}`) ?? "[]").filter((/** @type {unknown} */ id) => typeof id === "string");
  } catch {
    return [];
  }
}

/**
 * Remember that a product's page was opened.
 * @param {string} catalog
 * @param {string} id
 */
export function rememberViewed(catalog, id) {
  const others = viewedProducts(catalog).filter((each) => each !== id);
  remember(`viewed.${catalog}`, JSON.stringify([...others, id].slice(-MOST)));
}
