/** Questions before something that buyers see, and a way back after it. */

import { button, h } from "../dom.js";

/** @type {number | undefined} */
let fading;

/**
 * Ask before something is done; resolves to whether it may be. Escape means no.
 * @param {string} question
 * @param {string} deed  what the button says
 * @returns {Promise<boolean>}
 */
export function confirmed(question, deed) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { class: "console-dialog", "aria-labelledby": "dialog-question" });
    dialog.append(
      h("p", { id: "dialog-question" }, question),
      h(
        "div",
        { class: "console-actions" },
        button({ class: "console-button" }, () => dialog.close(""), "Cancel"),
        button({ class: "console-button console-primary" }, () => dialog.close("yes"), deed),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/**
 * Say what was done, with a button that takes it back.
 * @param {string} message
 * @param {() => Promise<void>} [undo]
 */
export function toast(message, undo) {
  const place = document.getElementById("toast");
  if (!place) return;
  clearTimeout(fading);
  const back = undo && button({}, async () => {
    place.replaceChildren();
    await undo();
  }, "Undo");
  place.replaceChildren(h("span", {}, message), ...(back ? [back] : []));
  fading = setTimeout(() => place.replaceChildren(), undo ? 20_000 : 6_000);
}

/**
 * Run something that may be refused, and say why if it is.
 * @param {() => Promise<void>} deed
 */
export async function told(deed) {
  try {
    await deed();
  } catch (problem) {
    toast(problem instanceof Error ? problem.message : String(problem));
  }
}
