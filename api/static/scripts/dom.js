/** Elements from code. Text always becomes text nodes, so nothing from the catalogue is ever read as markup. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {Node | string | number | null | undefined | false} Child
 * @typedef {Record<string, string | number | boolean | null | undefined>} Attributes
 */

/**
 * Create an HTML element. An attribute that is `false`, null or undefined is left out, `true` is set empty;
 * children that are false, null or undefined are skipped.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  element.append(...present(children));
  return element;
}

/**
 * Create an SVG element, as {@link h} does for HTML.
 * @param {string} tag
 * @param {Attributes} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {SVGElement}
 */
export function svg(tag, attributes = {}, ...children) {
  const element = /** @type {SVGElement} */ (document.createElementNS(SVG, tag));
  setAttributes(element, attributes);
  element.append(...present(children));
  return element;
}

/**
 * Create a link inside the storefront. It is a real link (open in a new tab, copy, middle click all work);
 * `data-link` lets the router take plain clicks.
 * @param {string} href
 * @param {Attributes} attributes
 * @param {...(Child | Child[])} children
 * @returns {HTMLAnchorElement}
 */
export function link(href, attributes, ...children) {
  return h("a", { href, "data-link": true, ...attributes }, ...children);
}

/**
 * Create a push button.
 * @param {Attributes} attributes
 * @param {(event: MouseEvent) => void} onClick
 * @param {...(Child | Child[])} children
 * @returns {HTMLButtonElement}
 */
export function button(attributes, onClick, ...children) {
  const element = h("button", { type: "button", ...attributes }, ...children);
  element.addEventListener("click", onClick);
  return element;
}

/**
 * Replace the content of `container` and give the focus back to the control with the same `data-key`:
 * who works by keyboard must not be thrown to the top of the page by new results.
 * @param {Element} container
 * @param {...Node} nodes
 */
export function replaceKeepingFocus(container, ...nodes) {
  const focused = document.activeElement;
  const key = focused instanceof HTMLElement && container.contains(focused) ? focused.dataset.key : undefined;
  container.replaceChildren(...nodes);
  if (key === undefined) return;
  const twin = container.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (twin instanceof HTMLElement) twin.focus({ preventScroll: true });
}

/**
 * @param {Element} element
 * @param {Attributes} attributes
 */
function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

/**
 * @param {(Child | Child[])[]} children
 * @returns {(Node | string)[]}
 */
function present(children) {
  return children
    .flat()
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : String(child)));
}
