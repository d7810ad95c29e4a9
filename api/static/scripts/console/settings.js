/** The settings of a catalogue: how much counts what in a search, and the book of the guide. */

import { button, h } from "../dom.js";
import { Problem, call, pathsOf, text } from "./client.js";
import { confirmed, toast, told } from "./dialogs.js";

const GROUPS = {
  fields: "A word counts, where it stands in the",
  weights: "In the order of hits count",
  strengths: "On top come",
};
/** @type {Record<string, string>} */
const NAMES = {
  title: "title",
  type: "category",
  brand: "brand",
  attributes: "attributes",
  description: "description",
  measures: "numbers with units",
  words: "words found",
  meaning: "meaning",
  kind: "the kind of thing asked for",
  learned: "the learned order",
  phrase: "words that stand together in the title",
  on_offer: "being on offer",
};
const SOON = "Searches go by it within two seconds.";

/**
 * @param {HTMLElement} main
 * @param {string} catalog
 */
export async function showSettings(main, catalog) {
  const { root } = pathsOf(catalog);
  const again = () => showSettings(main, catalog);
  const [relevance, book] = await Promise.all([
    call("GET", `${root}/settings/relevance`),
    text("GET", `${root}/settings/guide`).catch((problem) => {
      if (problem instanceof Problem && problem.status === 404) return { content: "", tag: "" };
      throw problem;
    }),
  ]);
  main.replaceChildren(
    h("h1", { tabindex: -1 }, "Settings"),
    relevanceForm(`${root}/settings/relevance`, relevance, again),
    bookForm(`${root}/settings/guide`, book, again),
  );
}

/**
 * Run a change, and show what is in force where somebody else was quicker.
 * @param {() => Promise<void>} deed
 * @param {() => Promise<void>} again
 */
function changed(deed, again) {
  return told(async () => {
    try {
      await deed();
    } catch (problem) {
      if (!(problem instanceof Problem && problem.code === "changed_meanwhile")) throw problem;
      await again();
      toast("Somebody else saved other settings meanwhile. They are shown now; nothing of yours was saved.");
    }
  });
}

/** @param {string} path @param {any} known @param {() => Promise<void>} again */
function relevanceForm(path, known, again) {
  /** @type {{group: string, name: string, input: HTMLInputElement}[]} */
  const inputs = [];
  const sets = Object.entries(GROUPS).map(([group, legend]) =>
    h(
      "fieldset",
      { class: "console-weights" },
      h("legend", {}, legend),
      Object.entries(known[group]).map(([name, value]) => {
        const input = h("input", { type: "number", min: 0, max: 10, step: "any", required: true, value, name: `${group}.${name}` });
        inputs.push({ group, name, input });
        return h("label", {}, h("span", {}, NAMES[name] ?? name), input);
      }),
    ),
  );
  const body = () => {
    /** @type {Record<string, Record<string, number>>} */
    const said = { fields: {}, weights: {}, strengths: {} };
    for (const { group, name, input } of inputs) said[group][name] = Number(input.value);
    return said;
  };
  /** @param {unknown} wanted @param {number} from  the version that the change is made from */
  const put = (wanted, from) => call("PUT", path, { body: wanted, headers: { "If-Match": `"${from}"` } });
  /** @param {unknown} wanted @param {string} question @param {string} deed */
  const save = (wanted, question, deed) =>
    changed(async () => {
      if (!(await confirmed(question, deed))) return;
      const saved = await put(wanted, known.version);
      await again();
      if (saved.version === known.version) return toast("Nothing was changed.");
      const { fields, weights, strengths } = known;
      toastWithUndo(`Version ${saved.version} is in force.`, () => put({ fields, weights, strengths }, saved.version), again);
    }, again);
  const form = h(
    "form",
    { class: "console-section", "aria-labelledby": "settings-relevance" },
    h("h2", { id: "settings-relevance" }, "Relevance"),
    h(
      "p",
      { class: "console-soft" },
      known.version ? `Version ${known.version}, saved ${new Date(known.saved_at).toLocaleString("en")}. ` : "The usual values; nobody has saved others. ",
      "0 leaves a thing out, 2 counts it twice as much as 1.",
    ),
    sets,
    h(
      "div",
      { class: "console-actions" },
      h("button", { class: "console-button console-primary", type: "submit" }, "Save"),
      button({ class: "console-button" }, () => void save({}, "Go back to the usual values? " + SOON, "Reset"), "Usual values"),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void save(body(), "Save these values? " + SOON, "Save");
  });
  return form;
}

/**
 * Say what was done, with a button that takes it back.
 * @param {string} message
 * @param {() => Promise<unknown>} undo
 * @param {() => Promise<void>} again
 */
function toastWithUndo(message, undo, again) {
  toast(message, () =>
    changed(async () => {
      await undo();
      await again();
      toast("Taken back.");
    }, again),
  );
}

/** @param {string} path @param {{content: string, tag: string}} known @param {() => Promise<void>} again */
function bookForm(path, known, again) {
  const area = h("textarea", { id: "settings-book", rows: 16, spellcheck: "false", class: "console-code" });
  area.value = known.content;
  /** @param {string} content @param {string} tag  "" where there was no book */
  const put = (content, tag) =>
    content.trim()
      ? text("PUT", path, { content, headers: tag ? { "If-Match": tag } : {} })
      : call("DELETE", path).then(() => ({ content: "", tag: "" }));
  const save = () =>
    changed(async () => {
      if (area.value === known.content) return toast("Nothing was changed.");
      const question = area.value.trim() ? "Save the book? The guide asks by it within two seconds." : "Remove the book? The guide then chooses all questions by itself.";
      if (!(await confirmed(question, area.value.trim() ? "Save" : "Remove"))) return;
      const { tag } = await put(area.value, known.tag);
      await again();
      toastWithUndo("The guide asks by it within two seconds.", () => put(known.content, tag), again);
    }, again);
  const form = h(
    "form",
    { class: "console-section", "aria-labelledby": "settings-guide" },
    h("h2", { id: "settings-guide" }, "Guide"),
    h("label", { for: "settings-book" }, "The book of the guide: what to ask first and never, and questions in own words (YAML)"),
    area,
    h("div", { class: "console-actions" }, h("button", { class: "console-button console-primary", type: "submit" }, "Save the book")),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void save();
  });
  return form;
}
