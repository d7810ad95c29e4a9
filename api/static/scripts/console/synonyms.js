/** The synonyms and stop words of a catalogue. */

import { button, h } from "../dom.js";
import { all, call, pathsOf } from "./client.js";
import { confirmed, toast, told } from "./dialogs.js";

/**
 * @param {HTMLElement} main
 * @param {string} catalog
 */
export async function showSynonyms(main, catalog) {
  const paths = pathsOf(catalog);
  const found = await all(paths.synonyms, "synonyms");
  const again = () => showSynonyms(main, catalog);
  const put = async (/** @type {any} */ { id, ...body }) => {
    await call("PUT", paths.synonym(id), { body });
    await again();
  };
  const remove = async (/** @type {any} */ synonym) => {
    if (!(await confirmed(`Delete “${synonym.from.join(", ")}”?`, "Delete"))) return;
    await call("DELETE", paths.synonym(synonym.id));
    await again();
    toast("The synonym is deleted.", () => told(() => put(synonym)));
  };
  const from = h("input", { name: "from", required: true, autocomplete: "off" });
  const to = h("input", { name: "to", required: true, autocomplete: "off" });
  const kind = h("select", { name: "kind" }, h("option", { value: "equivalent" }, "and back"), h("option", { value: "one_way" }, "one way"), h("option", { value: "stop" }, "nothing: stop words"), h("option", { value: "compound" }, "parts of a compound"));
  kind.addEventListener("change", () => {
    // A compound without parts is never taken apart.
    to.required = kind.value === "equivalent" || kind.value === "one_way";
    to.disabled = kind.value === "stop";
    if (to.disabled) to.value = "";
  });
  const locale = h("input", { name: "locale", placeholder: "all", size: 5, autocomplete: "off" });
  const form = h(
    "form",
    { class: "console-form" },
    h("label", {}, h("span", {}, "Words, by commas"), from),
    h("label", {}, h("span", {}, "also find"), to),
    h("label", {}, h("span", {}, "Direction"), kind),
    h("label", {}, h("span", {}, "Language"), locale),
    h("button", { class: "console-button console-primary", type: "submit" }, "Add"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const words = (/** @type {HTMLInputElement} */ input) => input.value.split(",").map((each) => each.trim()).filter(Boolean);
    const id = `${words(from).join("-")}-${locale.value.trim() || "all"}`.slice(0, 200);
    const body = { kind: kind.value, from: words(from), to: words(to), locale: locale.value.trim() || null };
    void told(async () => {
      await put({ id, ...body });
      toast("Searches know it within two seconds.");
    });
  });
  const lines = found.map((each) =>
    h(
      "tr",
      {},
      h("td", {}, each.from.join(", ")),
      h("td", {}, { equivalent: "↔", one_way: "→", stop: "mean nothing", compound: each.to.length ? "made of" : "is one word" }[/** @type {string} */ (each.kind)]),
      h("td", {}, each.to.join(", ")),
      h("td", {}, each.locale ?? "all"),
      h(
        "td",
        { class: "console-actions" },
        button(
          { class: "console-button console-small", "aria-label": `Delete: ${each.from.join(", ")}` },
          () => void told(() => remove(each)),
          "Delete",
        ),
      ),
    ),
  );
  const head = ["Words", "", "also find", "Language", ""].map((name) => h("th", { scope: "col" }, name));
  main.replaceChildren(
    h("h1", { tabindex: -1 }, "Synonyms, stop words and compounds"),
    form,
    lines.length
      ? h("table", { class: "console-table" }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, lines))
      : h("p", { class: "console-soft" }, "No synonyms and no stop words yet."),
  );
}
