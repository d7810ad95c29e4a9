/** Numbers, money and dates as the visitor's language writes them. */

import { language } from "./i18n.js";

/** Formatters are slow to make and free to keep. @type {Map<string, Intl.NumberFormat>} */
const numberFormats = new Map();

/**
 * @param {Intl.NumberFormatOptions} options
 * @returns {Intl.NumberFormat}
 */
function numberFormat(options) {
  const key = language() + JSON.stringify(options);
  let format = numberFormats.get(key);
  if (!format) numberFormats.set(key, (format = new Intl.NumberFormat(language(), options)));
  return format;
}

/**
 * Write an amount with its currency, such as "€412.00".
 * @param {string | number} amount  a decimal string as the API gives it
 * @param {string} currency         ISO 4217
 * @returns {string}
 */
export function money(amount, currency) {
  return numberFormat({ style: "currency", currency }).format(Number(amount));
}

/**
 * Write an amount for a filter label: without cents where there are none.
 * @param {string | number} amount
 * @param {string} currency
 * @returns {string}
 */
export function roundMoney(amount, currency) {
  return numberFormat({ style: "currency", currency, trailingZeroDisplay: "stripIfInteger" }).format(Number(amount));
}

/**
 * Write a number with its unit, such as "15.6 in"; significant digits are kept, rounding noise is not.
 * @param {string | number} value
 * @param {string | null} [unit]
 * @returns {string}
 */
export function quantity(value, unit) {
  const written = numberFormat({ maximumSignificantDigits: 12 }).format(Number(value));
  return unit ? `${written}\u00a0${unit}` : written;
}

/**
 * Write a count of products.
 * @param {number} n
 * @returns {string}
 */
export function count(n) {
  return numberFormat({}).format(n);
}

/**
 * Write a day, such as "19 Dec 2008".
 * @param {string} time  RFC 3339
 * @returns {string}
 */
export function day(time) {
  return new Intl.DateTimeFormat(language() === "en" ? "en-GB" : language(), {
    dateStyle: "medium",
    timeZone: "UTC",
  }).format(new Date(time));
}
