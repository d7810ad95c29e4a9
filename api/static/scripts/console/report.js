/** What customers did: the regular review, table by table, with bars where a table has a number to compare by. */

import { h } from "../dom.js";
import { call, pathsOf } from "./client.js";
import { told } from "./dialogs.js";

/** Tables in the order in which they are read: their names, and the column that the bars are of. */
const TABLES = /** @type {[string, string, string | null][]} */ ([
  ["funnel", "Conversion", "visits"],
  ["queries", "Top queries", "searches"],
  ["proposals", "What to do about queries", null],
  ["facets", "Use of facets", "searches"],
  ["positions", "How much each place of hits is looked at", "examined"],
  ["attractions", "What attracts more than its place lets it", null],
  ["units", "Search and units of recommendations", "revenue"],
  ["segments", "Buyers", "revenue"],
  ["returns", "Returns, and what ranking did", null],
  ["drift", "What changed since the time before", "psi"],
  ["outcomes", "What the models bring", null],
  ["models", "Models that serve", null],
]);
const TIMES = [7, 28, 91];

/**
 * @param {HTMLElement} main
 * @param {string} catalog
 * @param {number} [days]
 */
export async function showReport(main, catalog, days = 28) {
  const found = await call("GET", `${pathsOf(catalog).root}/reports/behaviour`, { params: { days: String(days) } });
  const time = h("select", { name: "days" }, TIMES.map((each) => h("option", { value: String(each), selected: each === days }, `last ${each} days`)));
  time.addEventListener("change", () => void told(() => showReport(main, catalog, Number(time.value))));
  main.replaceChildren(
    h("h1", { tabindex: -1 }, "Report"),
    h("p", {}, `${found.searches} searches and ${found.events} events; ${found.robots} visits of robots are left out.`),
    h("form", { class: "console-form" }, h("label", {}, h("span", {}, "Time"), time)),
    ...TABLES.map(([name, title, compared]) => section(title, found.tables[name], compared)),
  );
}

/** @param {string} title @param {{columns: string[], rows: any[][], total: number}} table @param {string | null} compared */
function section(title, table, compared) {
  const at = compared === null ? -1 : table.columns.indexOf(compared);
  const most = Math.max(...table.rows.map((row) => Number(row[at]) || 0), 0);
  const lines = table.rows.map((row) =>
    h("tr", {}, row.map((cell, column) => h("td", {}, text(cell), column === at && most > 0 && h("meter", { min: 0, max: String(most), value: String(Number(cell) || 0), "aria-hidden": "true" })))),
  );
  const head = table.columns.map((name) => h("th", { scope: "col" }, name.replaceAll("_", " ")));
  const rest = table.total - table.rows.length;
  return h(
    "section",
    { class: "console-section", "aria-label": title },
    h("h2", {}, title),
    table.rows.length
      ? h("table", { class: "console-table" }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, lines))
      : h("p", { class: "console-soft" }, "Nothing yet."),
    rest > 0 && h("p", { class: "console-soft" }, `${rest} more: vitrine report behaviour writes them all.`),
  );
}

/** @param {unknown} cell */
function text(cell) {
  if (cell === null) return "";
  return typeof cell === "number" && !Number.isInteger(cell) ? cell.toFixed(3) : String(cell);
}
