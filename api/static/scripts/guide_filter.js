/** From ticked facet values to the filter that a conversation with the guide begins with. */

/**
 * Write choices as the JSON form of a filter: those of one field are alternatives, fields narrow each other.
 * @param {import("./state.js").Choice[]} choices
 * @returns {object | null}
 */
export function guideFilter(choices) {
  /** @type {Map<string, object[]>} */
  const fields = new Map();
  for (const choice of choices) fields.set(choice.field, [...(fields.get(choice.field) ?? []), condition(choice)]);
  const parts = [...fields.values()].map((any) => ({ or: any }));
  return parts.length ? { and: parts } : null;
}

/**
 * @param {import("./state.js").Choice} choice
 * @returns {object}
 */
function condition(choice) {
  const { field } = choice;
  if (choice.kind !== "range") return { field, op: "=", value: choice.value };
  const edges = [];
  if (choice.gte !== null) edges.push({ field, op: ">=", value: Number(choice.gte) });
  if (choice.lt !== null) edges.push({ field, op: "<", value: Number(choice.lt) });
  return { and: edges };
}
