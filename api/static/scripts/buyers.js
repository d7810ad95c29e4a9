/** The switch between the demo's buyers: radio buttons, so that arrow keys move through them. */

import { h } from "./dom.js";
import { texts } from "./i18n.js";
import { send, tell } from "./events.js";
import { become, buyer, buyers, renewSession } from "./session.js";
import { agree, hasAgreed } from "./visitor.js";

/**
 * Draw the switch, or nothing where there is nobody to choose.
 * @param {HTMLElement} container
 * @param {() => void} changed
 * @param {() => string} catalog  the one that is shown
 */
export function drawBuyers(container, changed, catalog) {
  const t = texts();
  const ids = buyers();
  container.hidden = ids.length === 0;
  const seen = h("p", { class: "buyers-sees", id: "buyers-sees" });
  const describe = () => (seen.textContent = t.buyerSees[buyer() ?? ""] ?? "");
  describe();

  /** @param {string} id */
  function option(id) {
    const radio = h("input", { type: "radio", name: "buyer", value: id, checked: id === buyer() });
    radio.addEventListener("change", async () => {
      // What was done before belongs to who did it.
      await send();
      become(id);
      if (id !== "anonymous") tell(catalog(), "login");
      await send();
      describe();
      changed();
    });
    return h("label", { class: "buyer" }, radio, h("span", {}, t.buyerNames[id] ?? id));
  }

  const consent = h("input", { type: "checkbox", checked: hasAgreed() });
  consent.addEventListener("change", async () => {
    agree(consent.checked);
    await renewSession();
    changed();
  });

  container.replaceChildren(
    h(
      "fieldset",
      { class: "buyers-choice", "aria-describedby": "buyers-sees" },
      h("legend", {}, t.buyer),
      h("div", { class: "buyers-options" }, ids.map(option)),
    ),
    seen,
    h("label", { class: "buyers-consent" }, consent, t.consent),
  );
}
