/**
 * The search box: searches while the visitor types and suggests what could be meant, after the ARIA 1.2 combobox
 * pattern. The focus stays in the input; `aria-activedescendant` points at the suggestion that Enter would take.
 */

import { suggest } from "./api.js";
import { announce } from "./announce.js";
import { texts } from "./i18n.js";
import { debounced, latestOnly } from "./latest.js";
import { suggestionGroups } from "./suggestions.js";
import { parse, view } from "./state.js";

/** Long enough to skip the letters of a fast typist, short enough to feel instant. */
const PAUSE_MS = 90;
const LIMIT = 6;

/**
 * Wire the search box.
 * @param {HTMLFormElement} form
 * @param {import("./router.js").Router} router
 */
export function createSearchBox(form, router) {
  const input = /** @type {HTMLInputElement} */ (form.querySelector("input"));
  const list = /** @type {HTMLElement} */ (form.querySelector("[role=listbox]"));
  const newest = latestOnly();
  /** One history entry for a whole typed query, not one for every letter. */
  let typing = false;
  let active = -1;

  const options = () => [.../** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll("[role=option]"))];

  /** @param {number} index  -1 is the input itself */
  function activate(index) {
    active = index;
    options().forEach((option, each) => option.setAttribute("aria-selected", String(each === index)));
    const option = options()[index];
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  /** @param {boolean} open */
  function setOpen(open) {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) activate(-1);
  }

  const later = debounced(PAUSE_MS, () => {
    searchTyped();
    void complete();
  });

  function searchTyped() {
    const current = router.current();
    const query = input.value.trim();
    if (current.product === null && current.query === query) return;
    const next = current.product === null ? { ...current, query, page: 1 } : view({ catalog: current.catalog, query });
    router.go(next, { replace: typing && current.product === null });
    typing = true;
  }

  // Suggestions are a convenience: where they fail the search itself says what is wrong.
  async function complete() {
    const text = input.value.trim();
    const { catalog } = router.current();
    const answer = text ? await newest((signal) => suggest(catalog, text, LIMIT, signal)).catch(() => null) : null;
    if (text && answer === null) return;
    const groups = answer ? suggestionGroups(answer, catalog, text) : [];
    list.replaceChildren(...groups);
    activate(-1);
    const found = options().length;
    setOpen(found > 0 && document.activeElement === input);
    if (text) announce(texts().suggestionCount(found));
  }

  /** Forget what is on its way and close. */
  function rest() {
    later.cancel();
    void newest(async () => null);
    typing = false;
    setOpen(false);
  }

  /** @param {HTMLElement} option */
  function take(option) {
    const next = parse(option.dataset.href ?? "", router.current().catalog);
    rest();
    input.value = next.query;
    router.go(next, { moved: next.product !== null });
  }

  input.addEventListener("input", () => later.call());
  input.addEventListener("blur", () => {
    later.flush(); // who tabs away at once still gets what was typed
    rest();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const option = options()[active];
    if (option) {
      take(option);
      return;
    }
    later.cancel();
    searchTyped();
    rest();
  });

  input.addEventListener("keydown", (event) => {
    const last = options().length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) {
        void complete();
        return;
      }
      // Round trip through the input: the typed text is reachable from both ends.
      const step = event.key === "ArrowDown" ? 1 : -1;
      const next = active + step;
      activate(next > last ? -1 : next < -1 ? last : next);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault(); // a second Escape clears the input, as browsers do
      setOpen(false);
    }
  });

  // The input must keep the focus while a suggestion is clicked.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
    if (option instanceof HTMLElement) take(option);
  });

  // "/" leads to the search box from anywhere, as on many sites.
  document.addEventListener("keydown", (event) => {
    const writing = event.target instanceof Element && event.target.closest("input, textarea, select, dialog");
    if (event.key !== "/" || writing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
    input.select();
  });

  return {
    /**
     * Follow a view that came from elsewhere, say from the back button.
     * @param {import("./state.js").View} shown
     * @param {import("./router.js").Arrival} arrival
     */
    follow(shown, arrival) {
      if (arrival.cause === "history" || arrival.moved) rest();
      if (document.activeElement !== input || arrival.cause === "history") input.value = shown.query;
    },
  };
}
