/** A product map drawn on a canvas: to zoom, to move, to point at. It knows nothing of products but where they are. */

import { h } from "./dom.js";
import { MARKS, fittingNames } from "./map_marks.js";
import { nearestOf } from "./map_points.js";

/**
 * @typedef {import("./map_points.js").Points} Points
 * @typedef {{x: number, y: number, zoom: number}} Camera  the middle of what is shown, from 0 to 1, and how much larger than the whole
 *
 * @typedef {object} Drawing
 * @property {Points} points
 * @property {{name: string, x: number, y: number, products: number}[]} regions  places from 0 to 1
 * @property {Set<number> | null} shown      the points that stand out; null for all
 * @property {Map<number, number>} marks     the mark of a category by its number
 * @property {Set<number>} ringed            points with a ring
 */

const CLOSEST = 60;
const EDGE = 0.92;
const REACH = 14;
const LINE = 15;
const STEP = 1.5;

/**
 * Make the canvas.
 * @param {string} label
 * @param {string} describedBy
 * @param {{point: (at: number) => void, open: (at: number) => void}} heard  pointed at (-1: at none), and chosen
 */
export function createMapCanvas(label, describedBy, heard) {
  const canvas = h("canvas", {
    class: "map-canvas",
    tabindex: 0,
    role: "application",
    "aria-label": label,
    "aria-describedby": describedBy,
    "data-zoom": "1.00",
  });
  const colours = ["ink", "dot", "faint", "accent", "ground"].map((name) => h("span", { class: `map-colour-${name}` }));
  const element = h("div", { class: "map-frame" }, canvas, h("span", { hidden: true }, colours));
  const paint = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const paths = MARKS.map((path) => new Path2D(path));
  /** @type {Camera} */
  let camera = { x: 0.5, y: 0.5, zoom: 1 };
  /** @type {Drawing | null} */
  let drawing = null;
  /** @type {ReturnType<typeof nearestOf>} */
  let nearest = () => -1;
  let selected = -1;
  let waiting = 0;
  let [width, height] = [0, 0];

  const whole = () => Math.min(width, height) * EDGE;
  const unit = () => whole() * camera.zoom;
  /** @param {number} x @param {number} y */
  const placed = (x, y) => [width / 2 + (x - camera.x) * unit(), height / 2 + (y - camera.y) * unit()];
  /** @param {number} left @param {number} top */
  const under = (left, top) => [camera.x + (left - width / 2) / unit(), camera.y + (top - height / 2) / unit()];

  function redraw() {
    if (!waiting) waiting = requestAnimationFrame(draw);
  }

  function draw() {
    waiting = 0;
    if (drawing === null || !width) return;
    const [ink, dot, faint, accent, ground] = colours.map((each) => getComputedStyle(each).color);
    paint.clearRect(0, 0, width, height);
    const { points, shown, ringed } = drawing;
    const size = Math.min(7, 1.4 * Math.sqrt(camera.zoom));
    paint.fillStyle = faint;
    if (shown !== null) dots(points, (at) => !shown.has(at), Math.max(1, size * 0.7));
    paint.fillStyle = shown === null ? dot : ink;
    marks(drawing, size);
    paint.strokeStyle = accent;
    paint.lineWidth = 2;
    for (const at of ringed) ring(at, size + 3);
    names(ink, ground);
    if (selected >= 0) {
      paint.lineWidth = 3;
      ring(selected, size + 6);
    }
  }

  /** @param {Points} points @param {(at: number) => boolean} wanted @param {number} size */
  function dots({ x, y }, wanted, size) {
    for (let at = 0; at < x.length; at += 1) {
      if (!wanted(at)) continue;
      const [left, top] = placed(x[at], y[at]);
      if (left > -9 && top > -9 && left < width + 9 && top < height + 9)
        paint.fillRect(left - size / 2, top - size / 2, size, size);
    }
  }

  /** @param {Drawing} drawn @param {number} size */
  function marks({ points, shown, marks: markOf }, size) {
    // From afar a mark is a dot, which is drawn quicker.
    if (size < 2.2) return dots(points, (at) => shown === null || shown.has(at), size * 1.3);
    const { x, y, category } = points;
    const scale = paint.getTransform();
    for (let at = 0; at < x.length; at += 1) {
      if (shown !== null && !shown.has(at)) continue;
      const [left, top] = placed(x[at], y[at]);
      if (left < -9 || top < -9 || left > width + 9 || top > height + 9) continue;
      paint.setTransform(scale.a * size, 0, 0, scale.d * size, left * scale.a, top * scale.d);
      paint.fill(paths[markOf.get(category[at]) ?? 0]);
    }
    paint.setTransform(scale);
  }

  /** @param {number} at @param {number} radius */
  function ring(at, radius) {
    if (drawing === null) return;
    const [left, top] = placed(drawing.points.x[at], drawing.points.y[at]);
    paint.beginPath();
    paint.arc(left, top, radius, 0, 2 * Math.PI);
    paint.stroke();
  }

  /** @param {string} ink @param {string} ground */
  function names(ink, ground) {
    if (drawing === null) return;
    paint.font = `600 12px ${getComputedStyle(canvas).fontFamily}`;
    paint.textAlign = "center";
    paint.textBaseline = "middle";
    const wanted = drawing.regions.map(({ name: given, x, y, products }) => {
      const [left, top] = placed(x, y);
      const name = given.charAt(0).toLocaleUpperCase() + given.slice(1);
      return { name, left, top, products, width: paint.measureText(name).width };
    });
    const inside = wanted.filter((each) => {
      const half = each.width / 2;
      return each.left > half && each.left < width - half && each.top > LINE && each.top < height - LINE;
    });
    for (const { name, left, top } of fittingNames(inside, LINE)) {
      paint.lineWidth = 4;
      paint.lineJoin = "round";
      paint.strokeStyle = ground;
      paint.strokeText(name, left, top);
      paint.fillStyle = ink;
      paint.fillText(name, left, top);
    }
  }

  /** @param {Camera} wanted */
  function look({ x, y, zoom }) {
    /** @param {number} share */
    const inside = (share) => Math.min(1, Math.max(0, share));
    camera = { x: inside(x), y: inside(y), zoom: Math.min(CLOSEST, Math.max(1, zoom)) };
    if (camera.zoom === 1) camera = { x: 0.5, y: 0.5, zoom: 1 };
    canvas.dataset.zoom = camera.zoom.toFixed(2);
    redraw();
  }

  /** @param {number} factor @param {number} left @param {number} top  the place that stays where it is */
  function zoomAt(factor, left = width / 2, top = height / 2) {
    const [x, y] = under(left, top);
    const zoom = Math.min(CLOSEST, Math.max(1, camera.zoom * factor));
    look({ x: x - (left - width / 2) / (whole() * zoom), y: y - (top - height / 2) / (whole() * zoom), zoom });
  }

  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      zoomAt(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
    },
    { passive: false },
  );
  hearPointers();

  function hearPointers() {
    /** @type {Map<number, {left: number, top: number}>} */
    const down = new Map();
    let moved = 0;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      if (!down.size) moved = 0;
      down.set(event.pointerId, { left: event.offsetX, top: event.offsetY });
    });
    canvas.addEventListener("pointermove", (event) => {
      const before = down.get(event.pointerId);
      const now = { left: event.offsetX, top: event.offsetY };
      if (before === undefined) {
        heard.point(nearest(...under(now.left, now.top), REACH / unit()));
        return;
      }
      moved += Math.hypot(now.left - before.left, now.top - before.top);
      const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
      if (other !== undefined) {
        const apart = [before, now].map(({ left, top }) => Math.hypot(left - other.left, top - other.top));
        if (apart[0] > 0) zoomAt(apart[1] / apart[0], (now.left + other.left) / 2, (now.top + other.top) / 2);
      } else {
        const { x, y, zoom } = camera;
        look({ x: x - (now.left - before.left) / unit(), y: y - (now.top - before.top) / unit(), zoom });
      }
      down.set(event.pointerId, now);
    });
    canvas.addEventListener("pointerup", (event) => {
      down.delete(event.pointerId);
      const at = nearest(...under(event.offsetX, event.offsetY), REACH / unit());
      if (moved > 5 || down.size) return;
      // A finger covers what it points at: the first touch shows, the card opens.
      if (event.pointerType === "touch" || at < 0) heard.point(at);
      else heard.open(at);
    });
    canvas.addEventListener("pointercancel", (event) => down.delete(event.pointerId));
  }

  new ResizeObserver(() => {
    [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const ratio = devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    paint.setTransform(ratio, 0, 0, ratio, 0, 0);
    redraw();
  }).observe(canvas);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

  return {
    element,
    canvas,
    /** @param {Drawing} next */
    draw(next) {
      if (next.points !== drawing?.points) nearest = nearestOf(next.points);
      drawing = next;
      redraw();
    },
    /**
     * Mark one point as the one that is talked about, and bring it into sight if asked to.
     * @param {number} at
     * @param {{follow?: boolean}} [how]
     */
    select(at, { follow = false } = {}) {
      selected = at;
      if (at >= 0 && follow && drawing !== null) {
        const [x, y] = [drawing.points.x[at], drawing.points.y[at]];
        const [left, top] = placed(x, y);
        if (left < 20 || top < 20 || left > width - 20 || top > height - 20) look({ ...camera, x, y });
      }
      redraw();
    },
    /** @param {1 | -1} steps */
    zoom: (steps) => zoomAt(STEP ** steps),
    /** Move what is shown by shares of its own size. @param {number} x @param {number} y */
    move: (x, y) => look({ ...camera, x: camera.x + (x * width) / unit(), y: camera.y + (y * height) / unit() }),
    look,
    camera: () => camera,
  };
}
