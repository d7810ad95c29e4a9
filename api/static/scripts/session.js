/**
 * Who asks. In the demo the visitor can be one of several buyers, whose tokens its service hands out and which live for
 * minutes; everywhere else there is nobody to choose and the anonymous buyer asks. A shop puts its own sign-on here.
 */

import { recall, remember } from "./preferences.js";
import { hasAgreed, newVisit } from "./visitor.js";

/**
 * @typedef {object} Buyer
 * @property {string} id
 * @property {string | null} token       null: the anonymous buyer
 * @property {number | null} expires_in  seconds
 */

/** A token is renewed this long before its end: the request that carries it takes some time too. */
const AHEAD_MS = 30_000;

/** @type {Map<string, {token: string | null, until: number}>} */
let known = new Map();
/** @type {string | null} */
let chosen = null;
/** One renewal at a time, however many requests wait for it. @type {Promise<void> | null} */
let renewing = null;

/** Learn who the visitor can be, and be who they were last time. */
export async function startSession() {
  await renew();
  const last = recall("buyer");
  chosen = last !== null && known.has(last) ? last : ([...known.keys()][0] ?? null);
}

/**
 * List the buyers to choose from by id; empty where there is nothing to choose.
 * @returns {string[]}
 */
export function buyers() {
  return known.size > 1 ? [...known.keys()] : [];
}

/** @returns {string | null} */
export function buyer() {
  return chosen;
}

/**
 * Be another buyer from the next request on.
 * @param {string} id
 */
export function become(id) {
  // Who signs on takes the visit along so far; who signs off, or gives way to another, does not leave it behind.
  if (chosen !== "anonymous") newVisit();
  chosen = id;
  remember("buyer", id);
}

/**
 * Return the headers that say who asks, with a token that is good for a while yet.
 * @param {{refused?: boolean}} [how]  `refused`: the service did not take the token, so another one is needed
 * @returns {Promise<Record<string, string>>}
 */
export async function identity({ refused = false } = {}) {
  const now = chosen === null ? undefined : known.get(chosen);
  if (!now?.token) return {};
  if (refused || Date.now() > now.until - AHEAD_MS) await (renewing ??= renew().finally(() => (renewing = null)));
  const token = known.get(chosen ?? "")?.token;
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/** Ask for other tokens: what the visitor agreed to has changed. */
export async function renewSession() {
  await renew();
}

/** Fetch fresh tokens. Where that fails the old ones stay: the request itself then says what is wrong. */
async function renew() {
  try {
    const response = await fetch(hasAgreed() ? "/demo/buyers?consent=true" : "/demo/buyers", { headers: { Accept: "application/json" } });
    if (!response.ok) return;
    /** @type {{buyers: Buyer[]}} */
    const { buyers: found } = await response.json();
    known = new Map(found.map(({ id, token, expires_in: s }) => [id, { token, until: Date.now() + (s ?? 0) * 1000 }]));
  } catch {
    // See above.
  }
}
