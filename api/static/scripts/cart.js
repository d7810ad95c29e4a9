/** What the visitor put into the cart: kept in this browser, one cart for each catalogue. The demo takes no orders. */

import { tell } from "./events.js";
import { recall, remember } from "./preferences.js";

/** @typedef {{id: string, quantity: number}} CartLine */

const MOST_LINES = 100;
/** @type {Set<() => void>} */
const listeners = new Set();

/**
 * Return the cart's lines, the latest last.
 * @param {string} catalog
 * @returns {CartLine[]}
 */
export function cartLines(catalog) {
  try {
    const kept = JSON.parse(recall(`cart.${catalog}`) ?? "[]");
    return kept.filter(
      (/** @type {any} */ line) => typeof line?.id === "string" && Number.isInteger(line.quantity) && line.quantity > 0,
    );
  } catch {
    return []; // what people write into their own storage is no reason to fail
  }
}

/**
 * Put one more of a product into the cart.
 * @param {string} catalog
 * @param {string} id
 */
export function addToCart(catalog, id) {
  const lines = cartLines(catalog);
  const line = lines.find((each) => each.id === id);
  if (line) line.quantity += 1;
  else lines.push({ id, quantity: 1 });
  write(catalog, lines.slice(-MOST_LINES));
  tell(catalog, "add_to_cart", { object: id });
}

/**
 * Take a product out of the cart, however many there are of it.
 * @param {string} catalog
 * @param {string} id
 */
export function removeFromCart(catalog, id) {
  write(
    catalog,
    cartLines(catalog).filter((line) => line.id !== id),
  );
  tell(catalog, "remove_from_cart", { object: id });
}

/**
 * Be told when a cart changes.
 * @param {() => void} listener
 */
export function onCartChange(listener) {
  listeners.add(listener);
}

/**
 * @param {string} catalog
 * @param {CartLine[]} lines
 */
function write(catalog, lines) {
  remember(`cart.${catalog}`, JSON.stringify(lines));
  for (const listener of listeners) listener();
}
