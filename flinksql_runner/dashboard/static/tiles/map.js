// The world: countries coloured by a value, or points with a size and a state. Natural Earth projection.

import { onResize } from "../canvas.js";
import { fill, h, icon, setStyle, setText } from "../dom.js";
import { number } from "../format.js";
import { t } from "../i18n.js";
import { mark } from "../states.js";
import { borders } from "../world.js";
import { paint } from "./map_paint.js";
import { countries, points } from "./map_places.js";

const CLOSEST = 24;
const NAMED = 12;
const STEP = 1.6;

/** A map of points or countries, by the options of the tile. */
export function createMap(spec, page) {
  return new MapTile(spec, page);
}

/** `view` is what is drawn: places, scale and centre, and the place that is pointed at. */
class MapTile {
  constructor(spec, page) {
    this.spec = spec;
    this.page = page;
    this.view = { places: [], at: null, world: null, scale: 1, centre: null, kind: spec.options.country ? "countries" : "points" };
    this.drawn = null;
    this.fitted = false;
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.tip = h("div", { class: "tip", hidden: true });
    this.said = h("p", { class: "unseen", "aria-live": "polite" });
    this.field = h("div", { class: "world", tabindex: "0", role: "group" }, this.canvas, this.tip);
    this.key = h("ul", { class: "key" });
    this.urgent = h("ul", { class: "unseen" });
    const button = (name, label, factor) => h("button", { type: "button", title: t(label), "aria-label": t(label), onclick: () => this.zoom(factor) }, icon(name));
    this.element = h("div", { class: "mapbox" }, this.field,
      h("div", { class: "zoom" }, button("plus", "map_zoom_in", STEP), button("minus", "map_zoom_out", 1 / STEP)), this.key, this.urgent, this.said);
    this.stop = onResize(this.field, () => this.recolour());
    this.listenToPointer();
    this.field.addEventListener("keydown", (event) => this.pressed(event));
    this.field.addEventListener("blur", () => this.point(null));
  }

  /** New rows; the borders are loaded at the first. */
  async update(rows) {
    this.rows = rows;
    this.view.world ??= await borders();
    this.view.kind = this.spec.options.country ? "countries" : "points";
    this.view.places = this.view.kind === "countries" ? countries(rows, this.spec, this.view.world) : points(rows, this.spec, this.page, this.view.world);
    if (!this.fitted && this.view.places.length) this.fit();
    fill(this.urgent, this.view.places.slice(0, NAMED).map((one) => h("li", {}, `${one.name} ${one.text}`)));
    this.field.setAttribute("aria-label", `${this.spec.title}: ${this.summary()}`);
    this.recolour();
    this.legend();
    if (this.view.at !== null) this.point(this.view.at);
  }

  recolour() {
    if (this.view.world) this.drawn = paint(this.canvas, this.view);
  }

  destroy() {
    this.stop();
  }

  /** What a screen reader says of the whole. */
  summary() {
    const { places, kind } = this.view;
    const first = places.slice(0, 5).map((one) => `${one.name} ${one.text}`.trim()).join(", ");
    return `${t(kind === "countries" ? "countries_n" : "places_n", { n: number(places.length) })}${first ? `: ${first}` : ""}`;
  }

  /** Once, at the first points: no nearer than a continent, so that a city's points show where on Earth it lies. */
  fit() {
    this.fitted = true;
    if (this.view.kind === "countries") return;
    const [xs, ys] = [this.view.places.map((one) => one.x), this.view.places.map((one) => one.y)];
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const scale = Math.max(1, Math.min(7, 0.72 / Math.max(right - left, (bottom - top) * 1.9, 0.001)));
    this.view.scale = scale > 1.3 ? scale : 1;
    this.view.centre = scale > 1.3 ? [(left + right) / 2, (top + bottom) / 2] : null;
  }

  zoom(factor, focus = null) {
    const { view } = this;
    view.scale = Math.max(1, Math.min(CLOSEST, view.scale * factor));
    view.centre = view.scale === 1 ? null : focus ?? view.centre ?? this.heaviest();
    this.recolour();
  }

  heaviest() {
    const most = this.view.places.reduce((best, one) => ((one.weight ?? 0) > (best?.weight ?? -1) ? one : best), null);
    return most ? [most.x, most.y] : [0.5, 0.45];
  }

  /** The steps of the colours, or the states with how many there are of each. */
  legend() {
    if (this.view.kind === "countries" && this.drawn?.steps && !this.spec.thresholds?.length) {
      fill(this.key, this.drawn.steps.map((step, index) => h("li", {}, h("i", { class: `swatch r${index + 1}` }), step)));
      return;
    }
    const found = new Map();
    for (const { state } of this.view.places) if (state?.word) found.set(state.word, { state, n: (found.get(state.word)?.n ?? 0) + 1 });
    fill(this.key, [...found.values()].sort((a, b) => b.state.rank - a.state.rank)
      .map(({ state, n }) => h("li", { class: state.colour }, mark(state.colour), h("b", {}, number(n)), h("span", {}, state.word))));
  }

  /** Shows what a place is; null shows nothing. */
  point(index) {
    const { view, tip, field } = this;
    view.at = index !== null && view.places[index] ? index : null;
    this.recolour();
    tip.hidden = view.at === null || !this.drawn;
    if (tip.hidden) return;
    const one = view.places[view.at];
    fill(tip, h("p", {}, h("b", {}, one.name)), h("p", {}, one.state ? mark(one.state.colour) : null, [one.state?.word, one.text].filter(Boolean).join(" · ")));
    const [x, y] = this.drawn.position(one);
    setStyle(tip, {
      left: `${Math.max(0, Math.min(field.clientWidth - tip.offsetWidth, x + 12))}px`,
      top: `${Math.max(0, Math.min(field.clientHeight - tip.offsetHeight, y + 12))}px`,
    });
    if (document.activeElement === field) setText(this.said, `${one.name}, ${one.state?.word ?? ""} ${one.text}`);
  }

  /** Follows the link of the place at hand. */
  choose() {
    const own = this.spec.columns?.[this.spec.options.country ?? this.spec.options.label]?.link;
    const link = own && Object.keys(own).length ? own : this.spec.options.link;
    if (this.view.at !== null && link) this.page.follow(link, this.rows, this.view.places[this.view.at].row);
  }

  /** Pointing, dragging what is enlarged, clicking; the wheel only where the page does not need it for itself. */
  listenToPointer() {
    const { field, view } = this;
    let grabbed = null;
    field.addEventListener("pointerdown", (event) => {
      grabbed = view.scale > 1 ? { x: event.offsetX, y: event.offsetY, centre: this.drawn?.centre, moved: false } : null;
    });
    field.addEventListener("pointerup", () => (grabbed = grabbed?.moved ? { done: true } : null));
    field.addEventListener("pointermove", (event) => {
      if (!grabbed?.centre || !(event.buttons & 1)) return this.point(this.drawn?.nearest(event.offsetX, event.offsetY) ?? null);
      const [dx, dy] = [event.offsetX - grabbed.x, event.offsetY - grabbed.y];
      view.centre = [grabbed.centre[0] - dx / this.drawn.unit, grabbed.centre[1] - dy / this.drawn.unit];
      grabbed.moved ||= Math.hypot(dx, dy) > 4;
      return this.recolour();
    });
    field.addEventListener("pointerleave", () => this.point(null));
    field.addEventListener("click", () => (grabbed?.done ? (grabbed = null) : this.choose()));
    field.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && document.fullscreenElement === null && !field.closest("dialog")) return;
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? 1.25 : 0.8, view.scale === 1 ? this.drawn?.unplaced(event.offsetX, event.offsetY) : null);
    }, { passive: false });
  }

  pressed(event) {
    const n = this.view.places.length;
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (event.key === "Enter") this.choose();
    else if (event.key === "+" || event.key === "=") this.zoom(STEP);
    else if (event.key === "-") this.zoom(1 / STEP);
    else if (step && n) this.point(this.view.at === null ? 0 : (this.view.at + step + n) % n);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
