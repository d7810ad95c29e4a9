/**
 * What this browser remembers between visits. Storage can be blocked (private windows, policies): reading then
 * finds nothing and writing does nothing, because no preference is worth a broken page.
 */

const PREFIX = "vitrine.";

/**
 * Read a stored preference.
 * @param {string} name
 * @returns {string | null}
 */
export function recall(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/**
 * Store a preference.
 * @param {string} name
 * @param {string} value
 */
export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // See above.
  }
}

/**
 * Forget a stored preference.
 * @param {string} name
 */
export function forget(name) {
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {
    // See above.
  }
}
