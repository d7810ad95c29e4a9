/** The console: sign on with a token, choose a catalogue, look, change. */

import { button, h } from "../dom.js";
import { call, signOn } from "./client.js";
import { told } from "./dialogs.js";
import { showExperiments } from "./experiments.js";
import { showGaps } from "./gaps.js";
import { showPreview } from "./preview.js";
import { showReport } from "./report.js";
import { showRules } from "./rules.js";
import { showSettings } from "./settings.js";
import { showSynonyms } from "./synonyms.js";

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const tabs = /** @type {HTMLElement} */ (document.getElementById("tabs"));
const chooser = /** @type {HTMLSelectElement} */ (document.getElementById("catalog"));
const label = /** @type {HTMLElement} */ (document.getElementById("catalog-label"));
const off = /** @type {HTMLButtonElement} */ (document.getElementById("sign-off"));

/** @type {Record<string, () => void | Promise<void>>} */
const PAGES = {
  "Search preview": () => showPreview(main, chooser.value, ""),
  Rules: () => showRules(main, chooser.value, (query) => go("Search preview", query)),
  Experiments: () => showExperiments(main, chooser.value),
  Synonyms: () => showSynonyms(main, chooser.value),
  Gaps: () => showGaps(main, chooser.value, (query) => go("Search preview", query)),
  Settings: () => showSettings(main, chooser.value),
  Report: () => showReport(main, chooser.value),
};
let current = "Search preview";

/** @param {string} name @param {string} [query] */
function go(name, query) {
  current = name;
  tabs.replaceChildren(
    ...Object.keys(PAGES).map((each) => button({ "aria-current": each === name && "page" }, () => go(each), each)),
  );
  void told(async () => {
    if (query === undefined) await PAGES[name]();
    else showPreview(main, chooser.value, query);
    main.querySelector("h1")?.focus();
  });
}

function signOnPage() {
  signOn("");
  for (const element of [tabs, label, off]) element.hidden = true;
  const token = h("textarea", { id: "token", required: true, spellcheck: "false", autocomplete: "off" });
  const problem = h("p", { class: "console-problem", role: "alert" });
  const form = h(
    "form",
    { class: "console-sign-on" },
    h("h1", { tabindex: -1 }, "Sign on"),
    h("label", { for: "token" }, "A token with the scopes search and merchandise"),
    token,
    h("p", { class: "console-soft" }, "It stays in this page's memory and is gone when the page is. For development: ",
      h("code", {}, 'vitrine token --sub me --scope "search merchandise"')),
    problem,
    h("button", { class: "console-button console-primary", type: "submit" }, "Sign on"),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.textContent = "";
    signOn(token.value);
    try {
      const { catalogs } = await call("GET", "/v1/catalogs");
      if (!catalogs.length) throw new Error("The token is good for no catalogue.");
      // Whoever may not keep rules has nothing to do here.
      await call("GET", `/v1/${encodeURIComponent(catalogs[0].id)}/rules`, { params: { limit: "1" } });
      chooser.replaceChildren(...catalogs.map((/** @type {any} */ each) => h("option", { value: each.id }, each.id)));
      for (const element of [tabs, label, off]) element.hidden = false;
      go(current);
    } catch (refused) {
      signOn("");
      problem.textContent = refused instanceof Error ? refused.message : String(refused);
    }
  });
  main.replaceChildren(form);
}

chooser.addEventListener("change", () => go(current));
off.addEventListener("click", signOnPage);
signOnPage();
