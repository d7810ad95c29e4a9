/** The drawer that holds the facets on narrow screens; a modal <dialog> brings focus trap and Escape. */

import { button, h } from "./dom.js";
import { texts } from "./i18n.js";

/** Above this width the facets stand beside the results; the style sheets say the same. */
const wide = matchMedia("(min-width: 60rem)");

/**
 * @param {HTMLElement} panel  moved into the drawer while it is open
 */
export function createDrawer(panel) {
  const home = panel.parentElement;
  const t = texts();
  const done = button({ class: "button drawer-done" }, () => dialog.close(), "");
  const body = h("div", { class: "drawer-body" });
  const dialog = h(
    "dialog",
    { class: "drawer", "aria-labelledby": "drawer-title" },
    h(
      "div",
      { class: "drawer-head" },
      h("h2", { id: "drawer-title" }, t.filters),
      button({ class: "icon-button drawer-close", "aria-label": t.close }, () => dialog.close(), "×"),
    ),
    body,
    done,
  );
  dialog.addEventListener("close", () => home?.append(panel));
  // A click on the backdrop is a click on the dialog itself: everything else lies in its children.
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  wide.addEventListener("change", () => dialog.close());

  return {
    element: dialog,
    open() {
      body.append(panel);
      dialog.showModal();
    },
    close: () => dialog.close(),
    /** @param {number} total  products that the filters leave */
    update(total) {
      done.textContent = texts().showResults(total);
    },
  };
}
