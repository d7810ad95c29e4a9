/**
 * Tells the shop what the visitor does, as User Behavior Insights events, if they agreed to it. Events are gathered for a
 * moment and sent together; one that does not arrive is no loss to the visitor.
 */

import { identity } from "./session.js";
import { hasAgreed, name, visitorNames } from "./visitor.js";

/**
 * @typedef {object} Told
 * @property {string} [object]          a product's id
 * @property {number} [position]        its place in the list, from 1
 * @property {string} [query]           the search that showed it
 * @property {string} [recommendation]  the unit that showed it
 * @property {string} [strategy]        of that unit
 */

const WAIT_MS = 500;
const MOST = 500;

/** @type {Map<string, object[]>} */
const waiting = new Map();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * Tell of one action.
 * @param {string} catalog
 * @param {string} action
 * @param {Told} [what]
 */
export function tell(catalog, action, { object, position, query, recommendation, strategy } = {}) {
  if (!hasAgreed()) return;
  const events = waiting.get(catalog) ?? [];
  events.push({
    event_id: name(),
    action_name: action,
    timestamp: new Date().toISOString(),
    query_id: query,
    ...visitorNames(),
    event_attributes: {
      object: object === undefined ? undefined : { object_id: object, object_id_field: "product_id" },
      position: position === undefined ? undefined : { ordinal: position },
      recommendation_id: recommendation,
      strategy,
    },
  });
  waiting.set(catalog, events.slice(-MOST));
  timer ??= setTimeout(() => void send(), WAIT_MS);
}

/** Send what waits, as who the visitor is now: call it before they become another buyer. */
export async function send() {
  clearTimeout(timer);
  timer = undefined;
  const batches = [...waiting];
  waiting.clear();
  if (batches.length === 0) return;
  try {
    const asker = await identity();
    await Promise.all(
      batches.map(([catalog, events]) =>
        fetch(`/v1/${encodeURIComponent(catalog)}/events`, {
          method: "POST",
          headers: { "Content-Type": "application/json", ...asker },
          body: JSON.stringify(events),
          keepalive: true,
        }),
      ),
    );
  } catch {
    // See above.
  }
}

/** Tell of clicks on products in lists, which say in `data-` attributes what showed them. */
export function startEvents() {
  document.addEventListener(
    "click",
    (event) => {
      const anchor = event.target instanceof Element ? event.target.closest("a") : null;
      const item = anchor?.closest("[data-object]");
      const list = item?.closest("[data-catalog]");
      if (!(item instanceof HTMLElement) || !(list instanceof HTMLElement)) return;
      const { catalog = "", query, recommendation, strategy } = list.dataset;
      const { object, position } = item.dataset;
      tell(catalog, "click", { object, position: Number(position), query, recommendation, strategy });
    },
    { capture: true },
  );
  addEventListener("pagehide", () => void send());
}
