/**
 * What the visitor agreed to, and the names that their events go by. Without consent there is no name at all: nothing is
 * stored in the browser and nothing is sent.
 */

import { forget, recall, remember } from "./preferences.js";

/** @type {string | null} */
let visit = null;

/** @returns {boolean} */
export function hasAgreed() {
  return recall("consent") === "given";
}

/**
 * Note consent, or take it back: then the browser's name is forgotten too.
 * @param {boolean} agreed
 */
export function agree(agreed) {
  if (agreed) {
    remember("consent", "given");
  } else {
    forget("consent");
    forget("client");
    visit = null;
  }
}

/** Begin a new visit: who signed off may have left, and what follows is not theirs. */
export function newVisit() {
  visit = null;
}

/**
 * Return the names of this browser and of this visit; none without consent.
 * @returns {{client_id?: string, session_id?: string}}
 */
export function visitorNames() {
  if (!hasAgreed()) return {};
  let client = recall("client");
  if (client === null) {
    client = name();
    remember("client", client);
  }
  visit ??= name();
  return { client_id: client, session_id: visit };
}

/**
 * Return a name that nobody can guess. `crypto.randomUUID` is only there over HTTPS and on this machine.
 * @returns {string}
 */
export function name() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
