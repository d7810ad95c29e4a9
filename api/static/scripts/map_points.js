/** The points of a product map, and how to find one: under the pointer, or the next one in a direction. */

/**
 * @typedef {import("./api.js").ProductMap} ProductMap
 * @typedef {"left" | "right" | "up" | "down"} Direction
 *
 * @typedef {object} Points
 * @property {string[]} ids
 * @property {Float32Array} x        from 0 to 1
 * @property {Float32Array} y        from 0 to 1, downwards
 * @property {number[]} category     number of a name, -1 for none
 */

const CELLS = 64;
/** A point that lies as far aside as ahead is as good as one this much farther ahead. */
const ASIDE = 2;

/**
 * Read the points of an answer.
 * @param {ProductMap} map
 * @returns {Points}
 */
export function pointsOf({ points, scale }) {
  return {
    ids: points.ids,
    x: Float32Array.from(points.x, (x) => x / scale),
    y: Float32Array.from(points.y, (y) => 1 - y / scale),
    category: points.category,
  };
}

/**
 * Sort points into squares, so that those near a place are found without looking at all.
 * @param {Points} points
 * @returns {(x: number, y: number, within: number) => number}  the nearest point of a place, -1 where none is so near
 */
export function nearestOf({ x, y }) {
  /** @type {number[][]} */
  const cells = Array.from({ length: CELLS * CELLS }, () => []);
  /** @param {number} share */
  const cellOf = (share) => Math.min(CELLS - 1, Math.max(0, Math.floor(share * CELLS)));
  for (let at = 0; at < x.length; at += 1) cells[cellOf(y[at]) * CELLS + cellOf(x[at])].push(at);
  return (atX, atY, within) => {
    let best = -1;
    let least = within * within;
    for (let row = cellOf(atY - within); row <= cellOf(atY + within); row += 1) {
      for (let column = cellOf(atX - within); column <= cellOf(atX + within); column += 1) {
        for (const at of cells[row * CELLS + column]) {
          const distance = (x[at] - atX) ** 2 + (y[at] - atY) ** 2;
          if (distance < least) [best, least] = [at, distance];
        }
      }
    }
    return best;
  };
}

/**
 * Find the next point in a direction.
 * @param {Points} points
 * @param {number} fromX
 * @param {number} fromY
 * @param {Direction} direction
 * @param {Set<number> | null} among  the points that may be found; null for all
 * @returns {number}  -1 where there is none
 */
export function nextPoint({ x, y }, fromX, fromY, direction, among) {
  const [acrossX, acrossY] = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }[direction];
  let best = -1;
  let least = Infinity;
  for (let at = 0; at < x.length; at += 1) {
    if (among !== null && !among.has(at)) continue;
    const ahead = (x[at] - fromX) * acrossX + (y[at] - fromY) * acrossY;
    const aside = Math.abs((x[at] - fromX) * acrossY) + Math.abs((y[at] - fromY) * acrossX);
    const distance = ahead + ASIDE * aside;
    if (ahead > 0 && aside <= ahead && distance < least) [best, least] = [at, distance];
  }
  return best;
}
