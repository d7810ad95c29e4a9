/** Product pictures that come from other hosts, if they come at all. */

import { h } from "./dom.js";
import { placeholder } from "./placeholder.js";

/** A host that failed this often without one success is not asked again: closed networks stay quick and quiet. */
const PATIENCE = 4;

/** @type {Map<string, number>} failures per host; -Infinity once a picture came */
const failures = new Map();

/**
 * Show a picture over its drawn stand-in; the stand-in stays until, and unless, the picture arrives.
 * @param {import("./api.js").Product} product
 * @param {{url?: string, alt?: string, eager?: boolean}} [options]  an empty `alt` marks decoration
 * @returns {HTMLElement}
 */
export function picture(product, { url = product.image_urls?.[0], alt = "", eager = false } = {}) {
  const frame = h("div", { class: "picture" }, placeholder(product));
  const safe = secure(url);
  const described = { role: "img", "aria-label": alt };
  if (alt) for (const [name, value] of Object.entries(described)) frame.setAttribute(name, value);
  if (!safe || (failures.get(safe.host) ?? 0) >= PATIENCE) return frame;

  const image = h("img", { alt, loading: eager ? "eager" : "lazy", decoding: "async", referrerpolicy: "no-referrer" });
  image.addEventListener("load", () => {
    failures.set(safe.host, -Infinity);
    frame.classList.add("picture-arrived");
    // From here on the image speaks for itself.
    for (const name of Object.keys(described)) frame.removeAttribute(name);
  });
  image.addEventListener("error", () => {
    failures.set(safe.host, (failures.get(safe.host) ?? 0) + 1);
    image.remove();
  });
  image.src = safe.href;
  frame.append(image);
  return frame;
}

/**
 * Accept web addresses only, encrypted ones where the catalogue still says http.
 * @param {string | undefined} url
 * @returns {URL | null}
 */
function secure(url) {
  if (!url || !URL.canParse(url)) return null;
  const parsed = new URL(url);
  if (parsed.protocol === "http:") parsed.protocol = "https:";
  return parsed.protocol === "https:" ? parsed : null;
}
