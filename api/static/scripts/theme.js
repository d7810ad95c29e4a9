/** The light and dark theme: the system's preference, until the visitor decides with the toggle. */

import { recall, remember } from "./preferences.js";

const system = matchMedia("(prefers-color-scheme: dark)");

/** @returns {boolean} */
function isDark() {
  const stored = recall("theme");
  return stored ? stored === "dark" : system.matches;
}

/**
 * Wire the toggle button; its pressed state follows the theme in force.
 * @param {HTMLButtonElement} button
 */
export function startTheme(button) {
  const reflect = () => button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    remember("theme", theme);
    document.documentElement.dataset.theme = theme;
    button.setAttribute("aria-pressed", String(theme === "dark"));
  });
  system.addEventListener("change", reflect);
  reflect();
}
