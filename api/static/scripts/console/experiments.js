/** The experiments of a catalogue: who is ahead, and whether that can be believed yet. */

import { button, h } from "../dom.js";
import { all, call, pathsOf } from "./client.js";
import { confirmed, toast, told } from "./dialogs.js";

/**
 * @param {HTMLElement} main
 * @param {string} catalog
 */
export async function showExperiments(main, catalog) {
  const paths = pathsOf(catalog);
  const found = await all(paths.experiments, "experiments");
  const results = await Promise.all(found.map((each) => call("GET", `${paths.experiment(each.id)}/results`)));
  const again = () => showExperiments(main, catalog);

  /** @param {any} experiment */
  async function switched(experiment) {
    const runs = experiment.enabled && experiment.stopped === null;
    const deed = runs ? "Stop" : "Start";
    if (!(await confirmed(`${deed} “${experiment.id}”? Buyers see it within two seconds.`, deed))) return;
    const { id, version, ...body } = experiment;
    await call("PUT", paths.experiment(id), { body: { ...body, enabled: !runs, stopped: null } });
    await again();
    toast(`“${id}” is ${runs ? "stopped" : "running"}.`, () => told(async () => {
      await call("PUT", paths.experiment(id), { body });
      await again();
    }));
  }

  const head = ["Arm", "Buyers", "Mean", "Difference", "At every look between", "Verdict"];
  const sections = found.map((experiment, at) => {
    const result = results[at];
    const runs = experiment.enabled && experiment.stopped === null;
    const lines = result.arms.map((/** @type {any} */ arm) => {
      const metric = arm.metrics[result.metric];
      const between = metric.lower === null ? "" : `${figure(metric.lower)} and ${figure(metric.upper)}`;
      const verdict = metric.difference === null ? "control" : arm.harmed.length ? `${arm.verdict}, harms ${arm.harmed.join(", ")}` : arm.verdict;
      return h(
        "tr",
        {},
        h("th", { scope: "row" }, arm.id),
        ...[arm.buyers, figure(metric.mean), metric.difference === null ? "" : figure(metric.difference), between, verdict].map((text) => h("td", {}, text)),
      );
    });
    return h(
      "section",
      { class: "console-section", "aria-label": experiment.id },
      h(
        "div",
        { class: "console-draft" },
        h("h2", {}, experiment.id),
        h("p", {}, `${result.metric === "preferred" ? "Interleaving, share of searches won" : result.metric}, ${Math.round(experiment.share * 100)} % of buyers. `, state(experiment, runs)),
        button({ class: "console-button" }, () => void told(() => switched(experiment)), runs ? "Stop" : "Start"),
      ),
      result.sample_ratio.mismatch &&
        h("p", { class: "console-problem" }, "Buyers did not come into the arms as was meant: nothing below can be believed."),
      h(
        "table",
        { class: "console-table" },
        h("thead", {}, h("tr", {}, head.map((name) => h("th", { scope: "col" }, name)))),
        h("tbody", {}, lines),
      ),
    );
  });
  main.replaceChildren(
    h("h1", { tabindex: -1 }, "Experiments"),
    h("p", { class: "console-soft" }, "Look whenever you like: the intervals hold however often that is."),
    ...(sections.length ? sections : [h("p", { class: "console-soft" }, "No experiments yet.")]),
  );
}

/** @param {any} experiment @param {boolean} runs */
function state(experiment, runs) {
  const text = experiment.stopped === null ? (runs ? "Running." : "Off.") : `Stopped: ${experiment.stopped}.`;
  return h("span", { class: experiment.stopped === null ? "console-tag" : "console-problem" }, text);
}

/** @param {number} value */
function figure(value) {
  return value.toLocaleString("en", { maximumFractionDigits: 4 });
}
