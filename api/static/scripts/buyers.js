/** The switch between the demo's buyers: radio buttons, so that arrow keys move through them. */

import { h } from "./dom.js";
import { texts } from "./i18n.js";
import { become, buyer, buyers } from "./session.js";

/**
 * Draw the switch, or nothing where there is nobody to choose.
 * @param {HTMLElement} container
 * @param {() => void} changed
 */
export function drawBuyers(container, changed) {
  const t = texts();
  const ids = buyers();
  container.hidden = ids.length === 0;
  const seen = h("p", { class: "buyers-sees", id: "buyers-sees" });
  const describe = () => (seen.textContent = t.buyerSees[buyer() ?? ""] ?? "");
  describe();

  /** @param {string} id */
  function option(id) {
    const radio = h("input", { type: "radio", name: "buyer", value: id, checked: id === buyer() });
    radio.addEventListener("change", () => {
      become(id);
      describe();
      changed();
    });
    return h("label", { class: "buyer" }, radio, h("span", {}, t.buyerNames[id] ?? id));
  }

  container.replaceChildren(
    h(
      "fieldset",
      { class: "buyers-choice", "aria-describedby": "buyers-sees" },
      h("legend", {}, t.buyer),
      h("div", { class: "buyers-options" }, ids.map(option)),
    ),
    seen,
  );
}
