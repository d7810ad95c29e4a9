/** One hit of the preview: dragged, moved by keys or buttons, with what it owes its place to. */

import { button, h } from "../dom.js";

const KIND = "application/x-vitrine-hit";

/**
 * @param {any} hit
 * @param {import("./draft.js").DraftRule} rule
 * @param {(deed: (rule: import("./draft.js").DraftRule) => Promise<void>, said: string) => Promise<void>} edit
 * @returns {HTMLElement}
 */
export function hitLine(hit, rule, edit) {
  const { id, position } = hit;
  const title = hit.product.title;
  const pin = rule.pinOf(id);
  const moveTo = (/** @type {number} */ place) =>
    place >= 1 && edit((draft) => draft.pin(id, place), `“${title}” is pinned at ${place}.`);
  const line = h(
    "li",
    {
      class: `console-hit${pin ? " console-hit-pinned" : ""}`,
      draggable: "true",
      tabindex: 0,
      "data-key": id,
      "data-id": id,
      "aria-label": `${position}. ${title}${pin ? ", pinned" : ""}`,
      "aria-keyshortcuts": "Alt+ArrowUp Alt+ArrowDown P",
    },
    h("span", { class: "console-rank" }, position),
    h(
      "span",
      {},
      title,
      " ",
      pin && h("span", { class: "console-tag" }, `pinned at ${pin.position}`),
      h("br"),
      h("small", {}, [hit.product.brand, id, hit.price && `${hit.price.net} ${hit.price.currency}`].filter(Boolean).join(" · ")),
    ),
    h(
      "span",
      { class: "console-actions" },
      action("Up", `${title}: up`, () => moveTo(position - 1), position === 1),
      action("Down", `${title}: down`, () => moveTo(position + 1)),
      pin
        ? action("Unpin", `${title}: unpin`, () => edit((draft) => draft.unpin(id), `“${title}” is not pinned.`))
        : action("Pin", `${title}: pin here`, () => moveTo(position)),
      toggle("Boost", rule.isWeighed(id, "boost"), title, () =>
        edit((draft) => draft.weigh(id, "boost"), `“${title}”: boost changed.`),
      ),
      toggle("Bury", rule.isWeighed(id, "bury"), title, () =>
        edit((draft) => draft.weigh(id, "bury"), `“${title}”: bury changed.`),
      ),
      action("Hide", `${title}: hide`, () => edit((draft) => draft.hide(id), `“${title}” is hidden.`)),
    ),
    hit.explanation && why(hit.explanation),
  );
  line.addEventListener("keydown", (event) => {
    if (event.target !== line) return;
    if (event.altKey && event.key === "ArrowUp") void moveTo(position - 1);
    else if (event.altKey && event.key === "ArrowDown") void moveTo(position + 1);
    else if (event.key.toLowerCase() === "p" && !event.ctrlKey && !event.metaKey)
      void (pin ? edit((draft) => draft.unpin(id), `“${title}” is not pinned.`) : moveTo(position));
    else return;
    event.preventDefault();
  });
  line.addEventListener("dragstart", (event) => event.dataTransfer?.setData(KIND, id));
  line.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes(KIND)) return;
    event.preventDefault();
    line.classList.add("console-hit-over");
  });
  line.addEventListener("dragleave", () => line.classList.remove("console-hit-over"));
  line.addEventListener("drop", (event) => {
    line.classList.remove("console-hit-over");
    const dragged = event.dataTransfer?.getData(KIND);
    if (!dragged) return;
    event.preventDefault();
    if (dragged !== id) void edit((draft) => draft.pin(dragged, position), `Pinned at ${position}.`);
  });
  return line;
}

/** @param {string} text @param {string} label @param {() => unknown} deed @param {boolean} [disabled] */
function action(text, label, deed, disabled = false) {
  const attributes = { class: "console-button console-small", "aria-label": label, "data-key": label, disabled };
  return button(attributes, () => void deed(), text);
}

/** @param {string} text @param {boolean} pressed @param {string} title @param {() => unknown} deed */
function toggle(text, pressed, title, deed) {
  const made = action(pressed ? `${text} ✓` : text, `${title}: ${text.toLowerCase()}`, deed);
  made.setAttribute("aria-pressed", String(pressed));
  return made;
}

/** @param {{stages: {name: string, contribution: number, detail: string}[]}} explanation */
function why(explanation) {
  const rows = explanation.stages.map((stage) =>
    h("tr", {}, h("th", { scope: "row" }, stage.name), h("td", {}, stage.contribution.toFixed(2)), h("td", {}, stage.detail)),
  );
  return h("details", { class: "console-why" }, h("summary", {}, "Why here"), h("table", {}, h("tbody", {}, rows)));
}
