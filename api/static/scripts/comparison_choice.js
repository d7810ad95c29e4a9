/** The products chosen to be compared: kept for this visit, by catalogue, and told to whoever listens. */

/** The API compares so many at most. */
export const MOST_COMPARED = 10;

/** @type {Map<string, Set<string>>} */
const chosen = new Map();
const target = new EventTarget();

/**
 * @param {string} catalog
 * @returns {string[]}  ids in the order they were chosen
 */
export function chosenFor(catalog) {
  return [...(chosen.get(catalog) ?? [])];
}

/**
 * Choose a product, or no longer.
 * @param {string} catalog
 * @param {string} id
 * @param {boolean} wanted
 */
export function choose(catalog, id, wanted) {
  const ids = chosen.get(catalog) ?? new Set();
  chosen.set(catalog, ids);
  if (wanted) ids.add(id);
  else ids.delete(id);
  target.dispatchEvent(new Event("change"));
}

/**
 * Choose these and no others: what a link to a comparison names.
 * @param {string} catalog
 * @param {string[]} ids
 */
export function chooseOnly(catalog, ids) {
  chosen.set(catalog, new Set(ids));
  target.dispatchEvent(new Event("change"));
}

/** @param {() => void} listener */
export function onChoice(listener) {
  target.addEventListener("change", listener);
}
