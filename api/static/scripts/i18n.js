/** The interface's language. Product texts stay as the catalogue has them. */

import { recall, remember } from "./preferences.js";
import { de } from "./texts/de.js";
import { en } from "./texts/en.js";

/**
 * @typedef {typeof en} Texts
 * @typedef {"en" | "de"} Language
 */

/** @type {Record<Language, Texts>} */
const TEXTS = { en, de };

/** @type {Language} */
let chosen = initial();

/** @returns {Language} */
export function language() {
  return chosen;
}

/** @returns {Texts} */
export function texts() {
  return TEXTS[chosen];
}

/**
 * Switch the language, remember it, and rewrite the fixed texts of the page.
 * @param {string} wanted
 */
export function setLanguage(wanted) {
  chosen = wanted === "de" ? "de" : "en";
  remember("language", chosen);
  translatePage();
}

/** Write the fixed texts of index.html: `data-text`, `data-label` and `data-placeholder` name them. */
export function translatePage() {
  document.documentElement.lang = chosen;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = fixed(element, "data-text");
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", fixed(element, "data-label"));
  }
  for (const element of document.querySelectorAll("[data-placeholder]")) {
    element.setAttribute("placeholder", fixed(element, "data-placeholder"));
  }
}

/**
 * @param {Element} element
 * @param {string} attribute
 * @returns {string}
 */
function fixed(element, attribute) {
  return String(texts()[/** @type {keyof Texts} */ (element.getAttribute(attribute))]);
}

/** @returns {Language} */
function initial() {
  const wanted = recall("language") ?? navigator.language;
  return wanted.startsWith("de") ? "de" : "en";
}
