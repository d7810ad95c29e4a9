/** All rules of a catalogue, what contradicts what, and how each is switched or removed. */

import { button, h } from "../dom.js";
import { all, call, pathsOf } from "./client.js";
import { confirmed, toast, told } from "./dialogs.js";

/**
 * @param {HTMLElement} main
 * @param {string} catalog
 * @param {(query: string) => void} open  shows a query in the preview
 */
export async function showRules(main, catalog, open) {
  const paths = pathsOf(catalog);
  const [rules, drafts, found] = await Promise.all([
    all(paths.rules, "rules"),
    all(paths.rules, "rules", { draft: "true" }),
    call("GET", `${paths.rules}/conflicts`),
  ]);
  const again = () => showRules(main, catalog, open);
  const drafted = new Set(drafts.map((rule) => rule.id));
  const known = new Set(rules.map((rule) => rule.id));
  const lines = [...rules, ...drafts.filter((rule) => !known.has(rule.id))].map((rule) => line(rule));

  /** @param {any} rule */
  function line(rule) {
    const isLive = known.has(rule.id);
    const states = [
      isLive && h("span", { class: "console-tag" }, rule.enabled ? `on, version ${rule.version}` : "off"),
      drafted.has(rule.id) && h("span", { class: "console-tag console-tag-draft" }, "draft"),
    ];
    const query = rule.when.query?.equals;
    return h(
      "tr",
      { "data-rule": rule.id },
      h("th", { scope: "row" }, rule.id, h("br"), h("small", { class: "console-soft" }, rule.note ?? "")),
      h("td", {}, said(rule.when)),
      h("td", {}, said(rule.then)),
      h("td", {}, rule.priority),
      h("td", {}, states),
      h(
        "td",
        { class: "console-actions" },
        query !== undefined && action("Preview", rule.id, () => open(query)),
        isLive && action(rule.enabled ? "Switch off" : "Switch on", rule.id, () => switched(rule)),
        action("Delete", rule.id, () => removed(rule, isLive)),
      ),
    );
  }

  /** @param {any} rule */
  async function switched(rule) {
    const deed = rule.enabled ? "Switch off" : "Switch on";
    if (!(await confirmed(`${deed} “${rule.id}”? Buyers see it within two seconds.`, deed))) return;
    const put = (/** @type {boolean} */ enabled) => {
      const { id, version, ...body } = rule;
      return call("PUT", paths.rule(rule.id), { body: { ...body, enabled } });
    };
    await put(!rule.enabled);
    await again();
    toast(`“${rule.id}” is ${rule.enabled ? "off" : "on"}.`, () => told(async () => {
      await put(rule.enabled);
      await again();
    }));
  }

  /** @param {any} rule @param {boolean} isLive */
  async function removed(rule, isLive) {
    if (!(await confirmed(`Delete “${rule.id}”${drafted.has(rule.id) ? " and its draft" : ""}?`, "Delete"))) return;
    await call("DELETE", paths.rule(rule.id), isLive ? {} : { params: { draft: "true" } });
    await again();
    const undo = () => told(async () => {
      await call("POST", `${paths.rules}/rollback`, { body: { id: rule.id, version: rule.version } });
      await again();
    });
    toast(`“${rule.id}” is deleted.`, isLive ? undo : undefined);
  }

  const conflicts = found.conflicts.map((/** @type {any} */ each) =>
    h("li", {}, h("strong", {}, each.kind.replaceAll("_", " ")), ` · ${each.rules.join(" and ")}: ${each.detail}`),
  );
  const head = ["Rule", "When", "Then", "Priority", "State", ""].map((name) => h("th", { scope: "col" }, name));
  main.replaceChildren(
    h("h1", { tabindex: -1 }, "Rules"),
    h(
      "section",
      { class: "console-section", "aria-label": "Conflicts" },
      h("h2", {}, `Conflicts (${conflicts.length})`),
      conflicts.length ? h("ul", { class: "console-conflicts" }, conflicts) : h("p", { class: "console-soft" }, "None."),
      !found.complete && h("p", { class: "console-problem" }, "There are too many rules to compare all with all."),
    ),
    h(
      "section",
      { class: "console-section", "aria-label": "Rules" },
      lines.length
        ? h("table", { class: "console-table" }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, lines))
        : h("p", { class: "console-soft" }, "No rules yet: pin a product in the search preview."),
    ),
  );
}

/** @param {string} text @param {string} id @param {() => unknown} deed */
function action(text, id, deed) {
  const attributes = { class: "console-button console-small", "aria-label": `${text}: ${id}` };
  return button(attributes, () => void told(async () => void (await deed())), text);
}

/** @param {Record<string, any>} part @returns {string} what a rule says, without what it does not */
function said(part) {
  const texts = [];
  for (const [name, value] of Object.entries(part)) {
    const text = shown(value);
    if (text) texts.push(`${name.replaceAll("_", " ")} ${text}`);
  }
  return texts.join("; ") || "always";
}

/** @param {any} value @returns {string} */
function shown(value) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(shown).filter(Boolean).join(", ");
  if (typeof value === "object") {
    const members = Object.entries(value).map(([name, each]) => [name, shown(each)]);
    return members.filter(([, text]) => text !== "").map(([name, text]) => `${name} ${text}`).join(" ");
  }
  return String(value);
}
