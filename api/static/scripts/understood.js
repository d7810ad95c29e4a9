/** The quantities and limits that a query was understood to say, each of which can be taken out of it again. */

import { quantity } from "./formats.js";
import { fieldName, intervalName } from "./labels.js";

/** @typedef {{text: string, name: string}} Understood  a part of the query as typed, and what it says */

/**
 * Name what was understood: one for each part of the query, however many bounds it says.
 * @param {import("./api.js").Constraint[]} constraints
 * @param {import("./api.js").Facet[]} facets
 * @param {string} currency
 * @returns {Understood[]}
 */
export function understoodParts(constraints, facets, currency) {
  /** @type {Map<string, import("./api.js").Constraint[]>} */
  const parts = new Map();
  for (const each of constraints) parts.set(each.text, [...(parts.get(each.text) ?? []), each]);
  return [...parts].map(([text, bounds]) => {
    const { field, unit } = bounds[0];
    const name = fieldName(
      field,
      facets.find((facet) => facet.field === field),
    );
    return { text, name: `${name}: ${valueName(bounds, unit, currency)}` };
  });
}

/**
 * Take a part out of a query; spaces count as one, as they do where the query is read.
 * @param {string} query
 * @param {string} part
 * @returns {string}
 */
export function without(query, part) {
  const plain = query.replaceAll(/\s+/gu, " ").trim().normalize("NFC");
  const at = plain.indexOf(part);
  if (at < 0) return plain;
  return `${plain.slice(0, at)} ${plain.slice(at + part.length)}`.replaceAll(/\s+/gu, " ").trim();
}

/**
 * @param {import("./api.js").Constraint[]} bounds
 * @param {string | null} unit
 * @param {string} currency
 */
function valueName(bounds, unit, currency) {
  const exact = bounds.find(({ op }) => op === "=");
  if (exact) return quantity(exact.value, unit);
  const low = bounds.find(({ op }) => op.startsWith(">"))?.value ?? null;
  const high = bounds.find(({ op }) => op.startsWith("<"))?.value ?? null;
  return intervalName({ gte: low, lt: high }, { field: bounds[0].field, unit, currency });
}
