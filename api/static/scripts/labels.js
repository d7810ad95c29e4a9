/** Names of fields, values and intervals, the same in facets, chips and messages. */

import { quantity, roundMoney } from "./formats.js";
import { texts } from "./i18n.js";

const MONEY = new Set(["price", "list_price"]);

/**
 * Whether a field holds money; its bounds travel as decimal strings.
 * @param {string} field
 * @returns {boolean}
 */
export function isMoney(field) {
  return MONEY.has(field);
}

/**
 * Name a field: well-known ones in the interface's language, others as the catalogue labels them. Without an
 * answer at hand (an old bookmark, an error) the name itself is made readable.
 * @param {string} field
 * @param {import("./api.js").Facet} [facet]
 * @returns {string}
 */
export function fieldName(field, facet) {
  if (texts().fieldNames[field]) return texts().fieldNames[field];
  if (facet?.label) return facet.label;
  const bare = field
    .replace(/^attributes\./u, "")
    .replaceAll("_", " ")
    .trim();
  return bare.charAt(0).toUpperCase() + bare.slice(1);
}

/**
 * Name a choice without its field, such as "HP", "Yes" or "€100 – €500".
 * @param {import("./state.js").Choice} choice
 * @param {{unit?: string | null, currency: string}} how
 * @returns {string}
 */
export function choiceName(choice, how) {
  if (choice.kind === "range") return intervalName(choice, { field: choice.field, ...how });
  if (choice.kind === "boolean") return booleanName(choice.field, choice.value);
  return choice.field === "category" ? (choice.value.split(" > ").at(-1) ?? "") : choice.value;
}

/**
 * Name a chip: values that say nothing alone carry their field.
 * @param {import("./state.js").Choice} choice
 * @param {import("./api.js").Facet | undefined} facet
 * @param {string} currency
 * @returns {string}
 */
export function chipName(choice, facet, currency) {
  const value = choiceName(choice, { unit: facet?.unit, currency });
  const speaksForItself =
    choice.field === "brand" || choice.field === "category" || choice.field === "in_stock" || isMoney(choice.field);
  return speaksForItself ? value : `${fieldName(choice.field, facet)}: ${value}`;
}

/**
 * Name an interval with formatted bounds.
 * @param {import("./api.js").Interval} interval
 * @param {{field: string, unit?: string | null, currency: string}} how
 * @returns {string}
 */
export function intervalName({ gte, lt }, { field, unit, currency }) {
  /** @param {string | number} bound */
  const write = (bound) => (isMoney(field) ? roundMoney(bound, currency) : quantity(bound, unit));
  const t = texts();
  if (gte === null || gte === undefined) return lt === null || lt === undefined ? "–" : t.below(write(lt));
  return lt === null || lt === undefined ? t.above(write(gte)) : t.between(write(gte), write(lt));
}

/**
 * Name a yes or a no.
 * @param {string} field
 * @param {boolean} value
 * @returns {string}
 */
export function booleanName(field, value) {
  const t = texts();
  if (field === "in_stock") return value ? t.inStock : t.outOfStock;
  return value ? t.yes : t.no;
}
