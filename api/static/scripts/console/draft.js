/** The rule that the preview edits: kept as a draft after each change, so that the preview shows it at once. */

import { Problem, all, call, pathsOf } from "./client.js";

const BOOST = 2;
const BURY = 0.5;

/**
 * @typedef {{id: string, position: number}} Pin
 * @typedef {{filter: string, factor: number}} Weight
 * @typedef {{pin: Pin[], boost: Weight[], bury: Weight[], hide: string[], [name: string]: unknown}} Then
 * @typedef {{id: string, priority: number, enabled: boolean, note: string | null, when: any, then: Then}} Rule
 */

export class DraftRule {
  /**
   * @param {string} catalog
   * @param {Rule} rule
   * @param {boolean} isDraft  whether a draft is kept already
   */
  constructor(catalog, rule, isDraft) {
    this.paths = pathsOf(catalog);
    this.rule = rule;
    this.isDraft = isDraft;
    /** @type {{rule: Rule, isDraft: boolean}[]} */
    this.before = [];
  }

  /**
   * Return the rule for a query, by this buyer group or for everyone: the one that there is, or a new one.
   * @param {string} catalog
   * @param {string} query
   * @param {string} group
   */
  static async of(catalog, query, group) {
    const paths = pathsOf(catalog);
    const drafts = await all(paths.rules, "rules", { draft: "true" });
    const rules = await all(paths.rules, "rules");
    const fits = (/** @type {Rule} */ rule) =>
      same(rule.when.query?.equals ?? null, query) &&
      Object.keys(rule.when.query ?? {}).length === 1 &&
      rule.when.buyer.accounts.length === 0 &&
      rule.when.buyer.groups.join() === group;
    const drafted = drafts.find(fits);
    const known = drafted ?? rules.find(fits);
    if (known) return new DraftRule(catalog, known, drafted !== undefined);
    const name = normalised(query) || "start page";
    const id = group ? `${name} for ${group}` : name;
    return new DraftRule(catalog, emptyRule(id.slice(0, 200), query, group), false);
  }

  /** @param {string} id */
  pinOf(id) {
    return this.rule.then.pin.find((pin) => pin.id === id);
  }

  /** @param {string} id @param {"boost" | "bury"} kind */
  isWeighed(id, kind) {
    return this.rule.then[kind].some((weight) => weight.filter === filterOf(id));
  }

  /** @param {string} id */
  isHidden(id) {
    return this.rule.then.hide.includes(filterOf(id));
  }

  /** @param {string} id @param {number} position  from 1 */
  pin(id, position) {
    return this.change((then) => {
      then.pin = [...then.pin.filter((pin) => pin.id !== id && pin.position !== position), { id, position }];
    });
  }

  /** @param {string} id */
  unpin(id) {
    return this.change((then) => {
      then.pin = then.pin.filter((pin) => pin.id !== id);
    });
  }

  /** @param {string} id @param {"boost" | "bury"} kind */
  weigh(id, kind) {
    const filter = filterOf(id);
    const was = this.isWeighed(id, kind);
    return this.change((then) => {
      then.boost = then.boost.filter((weight) => weight.filter !== filter);
      then.bury = then.bury.filter((weight) => weight.filter !== filter);
      if (!was) then[kind] = [...then[kind], { filter, factor: kind === "boost" ? BOOST : BURY }];
    });
  }

  /** @param {string} id */
  hide(id) {
    const filter = filterOf(id);
    return this.change((then) => {
      then.hide = then.hide.includes(filter) ? then.hide.filter((each) => each !== filter) : [...then.hide, filter];
      then.pin = then.pin.filter((pin) => pin.id !== id);
    });
  }

  /** Take the last change back. */
  async undo() {
    const last = this.before.pop();
    if (last === undefined) return;
    try {
      await (last.isDraft ? this.keep(last.rule) : this.forget());
    } catch (problem) {
      this.before.push(last);
      throw problem;
    }
    this.rule = last.rule;
    this.isDraft = last.isDraft;
  }

  /** Put the draft in force. */
  async publish() {
    await call("POST", `${this.paths.rules}/publish`, { body: { ids: [this.rule.id] } });
    this.isDraft = false;
    this.before = [];
  }

  /** Throw the draft away. */
  async discard() {
    await this.forget();
    this.before = [];
  }

  /** @param {(then: Then) => void} edit */
  async change(edit) {
    const changed = structuredClone(this.rule);
    edit(changed.then);
    await this.keep(changed);
    this.before.push({ rule: this.rule, isDraft: this.isDraft });
    this.rule = changed;
    this.isDraft = true;
  }

  /** @param {Rule} rule */
  async keep(rule) {
    const body = Object.fromEntries(Object.entries(rule).filter(([name]) => name !== "id" && name !== "version"));
    await call("PUT", this.paths.rule(this.rule.id), { body, params: { draft: "true" } });
  }

  async forget() {
    try {
      await call("DELETE", this.paths.rule(this.rule.id), { params: { draft: "true" } });
    } catch (problem) {
      if (!(problem instanceof Problem && problem.code === "unknown_rule")) throw problem;
    }
  }
}

/** @param {string} text */
export function normalised(text) {
  return text.trim().split(/\s+/).join(" ").toLowerCase();
}

/** @param {string} id @returns {string} a filter for this product alone */
function filterOf(id) {
  return `id = "${id.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** @param {string | null} text @param {string} query */
function same(text, query) {
  return text !== null && normalised(text) === normalised(query);
}

/** @param {string} id @param {string} query @param {string} group @returns {Rule} */
function emptyRule(id, query, group) {
  return {
    id,
    enabled: true,
    priority: 0,
    note: null,
    when: { query: { equals: query.trim() }, buyer: { accounts: [], groups: group ? [group] : [] } },
    then: { pin: [], boost: [], bury: [], hide: [] },
  };
}
