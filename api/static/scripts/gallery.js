/** The pictures of a product page: one large, the others to choose from. */

import { button, h } from "./dom.js";
import { texts } from "./i18n.js";
import { picture } from "./pictures.js";

/** More would be a wall of thumbnails. */
const MOST = 8;

/**
 * @param {import("./api.js").Product} product
 * @returns {HTMLElement}
 */
export function gallery(product) {
  const t = texts();
  const urls = [...new Set(product.image_urls ?? [])].slice(0, MOST);
  const stage = h("div", { class: "gallery-stage" }, picture(product, { alt: product.title, eager: true }));
  if (urls.length < 2) return h("div", { class: "gallery" }, stage);

  const thumbnails = urls.map((url, index) => {
    const thumbnail = button(
      { class: "thumbnail", "aria-label": t.picture(index + 1), "aria-pressed": String(index === 0), hidden: true },
      () => {
        stage.replaceChildren(picture(product, { url, alt: product.title, eager: true }));
        for (const each of thumbnails) each.setAttribute("aria-pressed", String(each === thumbnail));
      },
      picture(product, { url, eager: true }),
    );
    // A thumbnail without its picture offers nothing to choose: it shows once the picture is there.
    thumbnail.querySelector("img")?.addEventListener("load", () => (thumbnail.hidden = false));
    return thumbnail;
  });
  return h(
    "div",
    { class: "gallery" },
    stage,
    h("div", { class: "thumbnails", role: "group", "aria-label": t.pictures }, thumbnails),
  );
}
