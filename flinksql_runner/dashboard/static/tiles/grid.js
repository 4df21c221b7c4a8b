// One cell an entity, on a canvas: 100,000 of them are drawn in a few dozen milliseconds. An entity keeps its place, what
// asks for attention is drawn brighter, with its shape, and never smaller than the eye can find.

import { onResize } from "../canvas.js";
import { fill, h, setStyle, setText } from "../dom.js";
import { cell, number } from "../format.js";
import { t } from "../i18n.js";
import { classifier, mark } from "../states.js";
import { CALM, paint } from "./grid_paint.js";

const NAMED = 12;

/** The grid of entities and their states. */
export function createGrid(spec, page) {
  return new GridTile(spec, page);
}

/** `view` is what is drawn: the entities, the one that is pointed at, the one that the page's parameter names. */
class GridTile {
  constructor(spec, page) {
    this.spec = spec;
    this.page = page;
    this.view = { entities: [], at: null, chosen: -1 };
    this.layout = null;
    this.rows = null;
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.tip = h("div", { class: "tip", hidden: true });
    this.said = h("p", { class: "unseen", "aria-live": "polite" });
    this.field = h("div", { class: "cells", tabindex: "0", role: "group", "aria-roledescription": "grid" }, this.canvas, this.tip);
    this.list = h("ul", { class: "counts" });
    this.urgent = h("ul", { class: "unseen" });
    this.element = h("div", { class: "gridbox" }, this.list, this.field, this.urgent, this.said);
    this.stop = onResize(this.field, () => this.recolour());
    const under = (event) => this.layout?.index(event.offsetX, event.offsetY) ?? null;
    this.field.addEventListener("pointermove", (event) => this.point(under(event)));
    this.field.addEventListener("pointerleave", () => this.point(null));
    this.field.addEventListener("blur", () => this.point(null));
    this.field.addEventListener("click", (event) => {
      this.point(under(event));
      this.choose();
    });
    this.field.addEventListener("keydown", (event) => this.pressed(event));
  }

  /** New rows. */
  update(rows) {
    this.rows = rows;
    const { view, spec } = this;
    view.entities = read(rows, spec, this.page);
    const link = linkOf(rows, spec);
    view.chosen = link ? view.entities.findIndex((one) => this.page.isChosen(link, rows, one.row)) : -1;
    count(this.list, view.entities);
    const loud = view.entities.filter((one) => one.state.rank > CALM);
    fill(this.urgent, loud.slice(0, NAMED).map((one) => h("li", {}, `${one.name}: ${one.state.word} ${one.text}`)),
      loud.length > NAMED ? h("li", {}, t("others_n", { n: loud.length - NAMED })) : null);
    this.field.setAttribute("aria-label", `${spec.title}: ${this.summary()}. ${t("grid_keys")}`);
    this.recolour();
    if (view.at !== null) this.point(Math.min(view.at, view.entities.length - 1));
  }

  recolour() {
    this.layout = paint(this.canvas, this.view);
  }

  destroy() {
    this.stop();
  }

  /** What a screen reader says of the whole. */
  summary() {
    return counted(this.view.entities).map(({ state, n }) => `${number(n)} ${state.word}`).join(", ");
  }

  /** Shows what a cell is; null shows nothing. */
  point(index) {
    const { view, tip, field } = this;
    view.at = index !== null && index >= 0 && index < view.entities.length ? index : null;
    this.recolour();
    tip.hidden = view.at === null || !this.layout;
    if (tip.hidden) return;
    const one = view.entities[view.at];
    fill(tip, h("p", {}, h("b", {}, one.name)), h("p", {}, mark(one.state.colour), [one.state.word, one.text].filter(Boolean).join(" · ")));
    const { x, y, size } = this.layout.place(view.at);
    const [wide, high] = [tip.offsetWidth, tip.offsetHeight];
    setStyle(tip, {
      left: `${Math.max(0, Math.min(field.clientWidth - wide, x + size / 2 - wide / 2))}px`,
      top: `${y + size + 8 + high > field.clientHeight && y - high - 8 >= 0 ? y - high - 8 : Math.min(y + size + 8, field.clientHeight - high)}px`,
    });
    if (document.activeElement === field) setText(this.said, `${one.name}, ${one.state.word} ${one.text}`);
  }

  /** Follows the link of the cell at hand. */
  choose() {
    const link = linkOf(this.rows, this.spec);
    if (this.view.at !== null && link) this.page.follow(link, this.rows, this.view.entities[this.view.at].row);
  }

  pressed(event) {
    const { view, layout } = this;
    if (!layout || !view.entities.length) return;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -layout.across, ArrowDown: layout.across }[event.key];
    if (event.key === "Enter") this.choose();
    else if (event.key === "Escape" && view.at !== null) this.point(null);
    else if (step) this.point(view.at === null ? 0 : Math.max(0, Math.min(view.entities.length - 1, view.at + step)));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** What names begin with in common is left out of the cells: 0017 of car-0017. */
function shorten(entities) {
  const [first, last] = [entities[0]?.name ?? "", entities.at(-1)?.name ?? ""];
  let common = 0;
  while (common < first.length - 1 && first[common] === last[common]) common += 1;
  while (common > 0 && /[\p{L}\p{N}]/u.test(first[common - 1])) common -= 1;
  for (const one of entities) one.short ||= entities.length > 1 ? one.name.slice(common) : one.name;
  return entities;
}

function linkOf(rows, spec) {
  const own = spec.columns?.[entityName(rows, spec)]?.link;
  return own && Object.keys(own).length ? own : spec.options.link ?? null;
}

function entityName(rows, spec) {
  return spec.options.entity ?? rows.first("text") ?? rows.columns[0]?.name;
}

function read(rows, spec, page) {
  const entity = entityName(rows, spec);
  const value = spec.options.state ?? spec.options.value ?? rows.columns.find((column) => column.name !== entity)?.name;
  const label = spec.options.label ?? null;
  const column = spec.columns?.[value] ?? {};
  const classify = classifier(column.thresholds ?? spec.thresholds, { unknown: t("unknown"), yes: t("yes"), no: t("no") });
  const kind = rows.kind(value);
  const shown = { decimals: column.decimals ?? spec.decimals ?? null, unit: column.unit ?? spec.unit ?? null, utc: page.utc };
  return shorten(rows.rows.map((_, row) => {
    const raw = rows.isNan(row, value) ? null : rows.cell(row, value);
    const state = classify(raw);
    return {
      row, state, name: String(rows.cell(row, entity) ?? "–"), short: label ? String(rows.cell(row, label) ?? "") : "",
      get text() {
        return raw === null || kind === "bool" || String(raw) === state.word ? "" : cell(raw, kind, shown);
      },
    };
  }).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)));
}

function counted(entities) {
  const found = new Map();
  for (const one of entities) {
    const key = `${one.state.colour}|${one.state.word}`;
    const entry = found.get(key) ?? { state: one.state, n: 0 };
    entry.n += 1;
    found.set(key, entry);
  }
  return [...found.values()].sort((a, b) => b.state.rank - a.state.rank);
}

function count(list, entities) {
  const found = counted(entities);
  fill(list, found.map(({ state, n }) => h("li", { class: state.colour }, mark(state.colour), h("b", {}, number(n)), h("span", {}, state.word))),
    found.length > 1 ? h("li", { class: "all" }, t("total", { n: number(entities.length) })) : null);
}
