/** The search as a buyer sees it, with what each hit owes its place to, and the rule that changes it. */

import { button, h } from "../dom.js";
import { latestOnly, debounced } from "../latest.js";
import { announce } from "../announce.js";
import { call, pathsOf } from "./client.js";
import { confirmed, toast, told } from "./dialogs.js";
import { DraftRule } from "./draft.js";
import { hitLine } from "./hits.js";

const SHOWN = 24;

/**
 * Show the preview in `main`.
 * @param {HTMLElement} main
 * @param {string} catalog
 * @param {string} query  to begin with
 */
export function showPreview(main, catalog, query) {
  const paths = pathsOf(catalog);
  const run = latestOnly();
  /** @type {DraftRule | null} */
  let draft = null;
  let asked = "";

  const field = (/** @type {string} */ name, /** @type {string} */ label, more = {}) =>
    h("input", { name, id: `preview-${name}`, autocomplete: "off", ...more, "aria-label": label });
  const inputs = {
    query: field("query", "Query", { type: "search", maxlength: 1000, value: query }),
    group: field("group", "Buyer group"),
    account: field("account", "Account"),
    at: field("at", "At", { type: "datetime-local" }),
  };
  const drafts = h("input", { type: "checkbox", id: "preview-drafts", checked: true });
  const labelled = (/** @type {string} */ text, /** @type {HTMLElement} */ input, wide = false) =>
    h("label", { class: wide ? "console-wide" : "" }, h("span", {}, text), input);
  const form = h(
    "form",
    { class: "console-form", role: "search" },
    labelled("Query, empty for the start page", inputs.query, true),
    labelled("Buyer group", inputs.group),
    labelled("Account", inputs.account),
    labelled("At (your local time)", inputs.at),
    h("label", { class: "console-check" }, drafts, " with drafts"),
  );
  const bar = h("section", { class: "console-draft", "aria-label": "Rule" });
  const summary = h("p", { class: "console-soft", id: "preview-summary" });
  const list = h("ol", { class: "console-hits", "aria-label": "Hits" });
  const keys = "Drag a hit to where it shall stand, or move it with Alt+↑ and Alt+↓; P pins it where it is.";
  const hint = h("p", { class: "console-soft" }, keys);
  main.replaceChildren(h("h1", { tabindex: -1 }, "Search preview"), form, bar, summary, hint, list);

  async function refresh() {
    const params = /** @type {Record<string, string>} */ ({});
    if (drafts.checked) params.drafts = "true";
    if (inputs.group.value.trim()) params.as_group = inputs.group.value.trim();
    if (inputs.account.value.trim()) params.as_account = inputs.account.value.trim();
    if (inputs.at.value) params.at = new Date(inputs.at.value).toISOString();
    const body = { query: inputs.query.value, page_size: SHOWN, explain: true, facets: [], personalize: false };
    const wanted = `${inputs.query.value}\n${inputs.group.value.trim()}`;
    list.setAttribute("aria-busy", "true");
    const answer = await run(async (signal) => {
      if (draft === null || asked !== wanted) {
        const next = await DraftRule.of(catalog, inputs.query.value, inputs.group.value.trim());
        if (signal.aborted) return null;
        draft = next;
        asked = wanted;
      }
      return call("POST", paths.search, { body, params, signal });
    });
    if (answer === null || draft === null) return;
    show(answer, draft);
  }

  /** @param {any} answer @param {DraftRule} rule */
  function show(answer, rule) {
    const applied = answer.rules_applied.map((/** @type {any} */ each) => `${each.id} (${each.effects.join(", ")})`);
    const goes = answer.redirect ? ` Buyers are sent to ${answer.redirect}.` : "";
    summary.textContent = `${answer.total} products. Rules: ${applied.join("; ") || "none"}.${goes}`;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.key : undefined;
    list.replaceChildren(...answer.hits.map((/** @type {any} */ hit) => hitLine(hit, rule, edit)));
    list.setAttribute("aria-busy", "false");
    if (focused !== undefined) {
      const twin = list.querySelector(`[data-key="${CSS.escape(focused)}"]`);
      if (twin instanceof HTMLElement) twin.focus({ preventScroll: true });
    }
    const state = rule.isDraft ? "A draft that buyers do not see yet." : "As buyers see it.";
    bar.replaceChildren(
      h("p", {}, "Rule ", h("strong", {}, rule.rule.id), `. ${state}`),
      button({ class: "console-button", disabled: rule.before.length === 0, "data-key": "undo" }, undo, "Undo"),
      button({ class: "console-button", disabled: !rule.isDraft }, discard, "Discard draft"),
      button({ class: "console-button console-primary", disabled: !rule.isDraft }, publish, "Publish"),
    );
  }

  /** @param {(rule: DraftRule) => Promise<void>} deed @param {string} said */
  function edit(deed, said) {
    return told(async () => {
      if (draft === null) return;
      await deed(draft);
      drafts.checked = true;
      await refresh();
      announce(said);
      toast(said, undo);
    });
  }

  function undo() {
    return told(async () => {
      await draft?.undo();
      await refresh();
      toast("Taken back.");
    });
  }

  function discard() {
    return told(async () => {
      if (draft === null || !(await confirmed(`Throw the draft of “${draft.rule.id}” away?`, "Discard"))) return;
      await draft.discard();
      draft = null;
      await refresh();
      toast("The draft is gone.");
    });
  }

  function publish() {
    return told(async () => {
      if (draft === null || !(await confirmed(`Publish “${draft.rule.id}”? Buyers see it within two seconds.`, "Publish"))) return;
      await draft.publish();
      await refresh();
      toast("Published.");
    });
  }

  const soon = debounced(200, () => told(refresh));
  for (const input of Object.values(inputs)) input.addEventListener("input", soon.call);
  drafts.addEventListener("change", () => told(refresh));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    soon.cancel();
    void told(refresh);
  });
  void told(refresh);
}
