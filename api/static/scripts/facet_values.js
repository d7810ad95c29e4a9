/** The lines of one facet: what can be ticked, how it is named, and the tree of a hierarchy. */

import { button, h } from "./dom.js";
import { count } from "./formats.js";
import { texts } from "./i18n.js";
import { choiceName } from "./labels.js";
import { keyOf } from "./state.js";

/**
 * @typedef {import("./api.js").Facet} Facet
 * @typedef {import("./api.js").FacetValue} FacetValue
 * @typedef {import("./state.js").Choice} Choice
 * @typedef {{choice: Choice, name: string, count: number, ticked: boolean}} Line
 * @typedef {Line & {path: string, children: Branch[]}} Branch
 */

/** Paths of categories are written with this between their levels. */
const LEVEL = " > ";

/**
 * Say what each value of a facet means when ticked.
 * @param {Facet} facet
 * @param {FacetValue[]} values
 * @param {Set<string>} ticked    keys of the choices in force
 * @param {string} currency
 * @returns {Line[]}
 */
export function linesOf(facet, values, ticked, currency) {
  return values.map((value) => {
    const choice = choiceOf(facet, value);
    const name = (choice.kind === "terms" && value.label) || choiceName(choice, { unit: facet.unit, currency });
    return { choice, name, count: value.count, ticked: ticked.has(keyOf(choice)) };
  });
}

/**
 * Nest the lines of a hierarchy by their paths. A path whose parent is not among the lines stands at the top.
 * @param {Line[]} lines
 * @returns {Branch[]}
 */
export function treeOf(lines) {
  /** @type {Map<string, Branch>} */
  const byPath = new Map();
  for (const line of lines) {
    const path = String(line.choice.kind === "terms" ? line.choice.value : "");
    byPath.set(path, { ...line, path, name: path.split(LEVEL).at(-1) ?? path, children: [] });
  }
  /** @type {Branch[]} */
  const top = [];
  for (const [path, branch] of byPath) {
    const parent = byPath.get(path.split(LEVEL).slice(0, -1).join(LEVEL));
    (parent ? parent.children : top).push(branch);
  }
  return top;
}

/**
 * Draw a checkbox with name and count.
 * @param {Line} line
 * @param {(choice: Choice) => void} toggle
 * @returns {HTMLLabelElement}
 */
export function checkbox(line, toggle) {
  const box = h("input", { type: "checkbox", "data-key": keyOf(line.choice) });
  box.checked = line.ticked;
  box.addEventListener("change", () => toggle(line.choice));
  return h(
    "label",
    { class: "choice" },
    box,
    h("span", { class: "choice-name" }, line.name),
    h("span", { class: "choice-count" }, count(line.count)),
  );
}

/**
 * Draw the branches of a hierarchy. Children show below what is ticked, on the way to it, or where nothing else
 * is to be chosen, until the visitor folds or unfolds them: `folded` remembers that by path.
 * @param {Branch[]} branches
 * @param {{toggle: (choice: Choice) => void, folded: Map<string, boolean>, redraw: () => void}} actions
 * @returns {HTMLUListElement}
 */
export function tree(branches, actions) {
  return h(
    "ul",
    { class: "choices" },
    branches.map((branch) => {
      const inWay = branch.ticked || leadsToTicked(branch) || branches.length === 1;
      const open = !(actions.folded.get(branch.path) ?? !inWay);
      return h(
        "li",
        {},
        h(
          "div",
          { class: "branch" },
          checkbox(branch, actions.toggle),
          branch.children.length > 0 &&
            button(
              {
                class: "branch-fold",
                "aria-expanded": String(open),
                "aria-label": texts().expand(branch.name),
                "data-key": `fold:${branch.path}`,
              },
              () => {
                actions.folded.set(branch.path, open);
                actions.redraw();
              },
            ),
        ),
        open && branch.children.length > 0 && tree(branch.children, actions),
      );
    }),
  );
}

/** @param {Branch} branch @returns {boolean} */
function leadsToTicked(branch) {
  return branch.children.some((child) => child.ticked || leadsToTicked(child));
}

/**
 * @param {Facet} facet
 * @param {FacetValue} value
 * @returns {Choice}
 */
function choiceOf({ field, type }, value) {
  if (type === "range") return { field, kind: "range", gte: bound(value.gte), lt: bound(value.lt) };
  if (type === "boolean") return { field, kind: "boolean", value: value.value === true || value.value === "true" };
  return { field, kind: "terms", value: String(type === "hierarchy" ? (value.path ?? value.value) : value.value) };
}

/** @param {string | number | null | undefined} value */
function bound(value) {
  return value === null || value === undefined ? null : String(Number(value));
}
