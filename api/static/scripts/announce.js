/** Say something to screen readers that has no visible place of its own. */

/** @param {string} message */
export function announce(message) {
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = message;
}
