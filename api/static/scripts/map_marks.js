/** What a product map shows without colours: a mark for each of the commonest categories, and names of its regions. */

/** Marks in a square from -1 to 1; the first stands for everything else. */
export const MARKS = [
  "M-.7 0a.7.7 0 1 0 1.4 0 .7.7 0 1 0-1.4 0",
  "M-.9-.9h1.8v1.8h-1.8z",
  "M0-1.15 1.1.8h-2.2z",
  "M0-1.25 1.25 0 0 1.25-1.25 0z",
  "M0 1.15-1.1-.8h2.2z",
  "M-.35-1.1h.7v.75h.75v.7h-.75v.75h-.7v-.75h-.75v-.7h.75z",
  "M-1.1-.35h2.2v.7h-2.2z",
];

/**
 * Choose the categories that have marks of their own: the commonest of some points.
 * @param {import("./map_points.js").Points} points
 * @param {Set<number> | null} among
 * @returns {{number: number, count: number}[]}  by mark, beginning with the second mark
 */
export function markedCategories({ category }, among) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (let at = 0; at < category.length; at += 1) {
    if (category[at] >= 0 && (among === null || among.has(at)))
      counts.set(category[at], (counts.get(category[at]) ?? 0) + 1);
  }
  const commonest = [...counts].sort(([, one], [, other]) => other - one).slice(0, MARKS.length - 1);
  return commonest.map(([number, count]) => ({ number, count }));
}

/**
 * Choose the names that fit: the largest regions first, none over another, and the same name not twice nearby.
 * @param {{name: string, left: number, top: number, width: number, products: number}[]} wanted  middles on the screen
 * @param {number} height  of a line
 * @returns {{name: string, left: number, top: number}[]}
 */
export function fittingNames(wanted, height) {
  /** @type {typeof wanted} */
  const shown = [];
  for (const each of [...wanted].sort((one, other) => other.products - one.products)) {
    const clashes = shown.some((other) => {
      const [aside, above] = [Math.abs(each.left - other.left), Math.abs(each.top - other.top)];
      const touches = aside < (each.width + other.width) / 2 + 8 && above < height + 4;
      return touches || (each.name === other.name && Math.hypot(aside, above) < each.width * 1.6);
    });
    if (each.name && !clashes) shown.push(each);
  }
  return shown;
}
