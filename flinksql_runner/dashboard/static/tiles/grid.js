// One cell an entity, on a canvas: 100,000 of them are drawn in a few dozen milliseconds. An entity keeps its place, what
// asks for attention is drawn brighter, with its shape, and never smaller than the eye can find.

import { onResize, palette, prepared } from "../canvas.js";
import { fill, h, setStyle, setText } from "../dom.js";
import { cell, number } from "../format.js";
import { t } from "../i18n.js";
import { classifier, drawMark, mark } from "../states.js";

const CALM = 1;
const NAMED = 12;

/** The grid of entities and their states. */
export function createGrid(spec, page) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const tip = h("div", { class: "tip", hidden: true });
  const said = h("p", { class: "unseen", "aria-live": "polite" });
  const field = h("div", { class: "cells", tabindex: "0", role: "group", "aria-roledescription": "grid" }, canvas, tip);
  const list = h("ul", { class: "counts" });
  const urgent = h("ul", { class: "unseen" });
  const element = h("div", { class: "gridbox" }, list, field, urgent, said);
  const view = { entities: [], layout: null, at: null, chosen: -1, rows: null };

  const draw = () => {
    view.layout = paint(canvas, view);
  };
  const stop = onResize(field, draw);

  function update(rows) {
    view.rows = rows;
    view.entities = read(rows, spec, page);
    const link = linkOf(rows, spec);
    view.chosen = link ? view.entities.findIndex((one) => page.isChosen(link, rows, one.row)) : -1;
    count(list, view.entities);
    const loud = view.entities.filter((one) => one.state.rank > CALM);
    fill(urgent, loud.slice(0, NAMED).map((one) => h("li", {}, `${one.name}: ${one.state.word} ${one.text}`)),
      loud.length > NAMED ? h("li", {}, t("others_n", { n: loud.length - NAMED })) : null);
    field.setAttribute("aria-label", `${spec.title}: ${summary()}. ${t("grid_keys")}`);
    draw();
    if (view.at !== null) point(Math.min(view.at, view.entities.length - 1));
  }

  function point(index) {
    view.at = index !== null && index >= 0 && index < view.entities.length ? index : null;
    draw();
    tip.hidden = view.at === null || !view.layout;
    if (tip.hidden) return;
    const one = view.entities[view.at];
    fill(tip, h("p", {}, h("b", {}, one.name)), h("p", {}, mark(one.state.colour), [one.state.word, one.text].filter(Boolean).join(" · ")));
    const { x, y, size } = view.layout.place(view.at);
    const [wide, high] = [tip.offsetWidth, tip.offsetHeight];
    setStyle(tip, {
      left: `${Math.max(0, Math.min(field.clientWidth - wide, x + size / 2 - wide / 2))}px`,
      top: `${y + size + 8 + high > field.clientHeight && y - high - 8 >= 0 ? y - high - 8 : Math.min(y + size + 8, field.clientHeight - high)}px`,
    });
    if (document.activeElement === field) setText(said, `${one.name}, ${one.state.word} ${one.text}`);
  }

  function choose() {
    const link = linkOf(view.rows, spec);
    if (view.at !== null && link) page.follow(link, view.rows, view.entities[view.at].row);
  }
  field.addEventListener("pointermove", (event) => point(view.layout?.index(event.offsetX, event.offsetY) ?? null));
  field.addEventListener("pointerleave", () => point(null));
  field.addEventListener("blur", () => point(null));
  field.addEventListener("click", (event) => {
    point(view.layout?.index(event.offsetX, event.offsetY) ?? null);
    choose();
  });
  field.addEventListener("keydown", (event) => {
    if (!view.layout || !view.entities.length) return;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -view.layout.across, ArrowDown: view.layout.across }[event.key];
    if (event.key === "Enter") choose();
    else if (event.key === "Escape" && view.at !== null) point(null);
    else if (step) point(view.at === null ? 0 : Math.max(0, Math.min(view.entities.length - 1, view.at + step)));
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  const summary = () => counted(view.entities).map(({ state, n }) => `${number(n)} ${state.word}`).join(", ");
  return { element, update, summary, destroy: stop, recolour: draw };
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

/** {across, wide, high}: cells as near to squares as lets all of them stand in the box and fill it. */
export function arrange(n, width, height, rem) {
  let across = Math.max(1, Math.min(n, Math.round(Math.sqrt((n * width) / height))));
  while (across > 1 && Math.ceil(n / (across - 1)) * (width / (across - 1)) <= height) across -= 1;
  while (across < n && Math.ceil(n / across) * (width / across) * 0.8 > height) across += 1;
  const wide = Math.min(width / across, rem * 9);
  return { across, wide, high: Math.min(height / Math.ceil(n / across), wide * 1.25, rem * 6) };
}

function paint(canvas, { entities, at, chosen }) {
  const ready = prepared(canvas);
  if (!ready || !entities.length) return null;
  const { context, width, height, ratio } = ready;
  const colours = palette(canvas);
  const { across, wide, high } = arrange(entities.length, width, height, colours.rem);
  const small = Math.min(wide, high);
  const gap = small >= 24 ? 3 : small >= 10 ? 2 : small >= 5 ? 1 : 0;
  const place = (index) => ({ x: (index % across) * wide, y: Math.floor(index / across) * high, size: high });
  const layout = {
    across, place,
    index: (x, y) => {
      const column = Math.floor(x / wide);
      const found = column < across ? Math.floor(y / high) * across + column : -1;
      return found >= 0 && found < entities.length ? found : null;
    },
  };
  const named = namesFit(context, entities, { wide: wide - gap, high, colours });
  if (small * ratio < 4) dense(context, entities, layout, { wide, high, width, height, ratio, colours });
  else for (let index = 0; index < entities.length; index += 1) one(context, entities[index], place(index), { wide, high, gap, small, colours, named });
  if (small < 10) loud(context, entities, place, { wide, high, width, height, colours });
  for (const index of [chosen, at]) {
    if (index === null || !entities[index]) continue;
    const { x, y } = place(index);
    context.strokeStyle = colours.text;
    context.lineWidth = index === at ? 2 : 1.5;
    context.strokeRect(x - (small < 6 ? 2 : 0) + 1, y - (small < 6 ? 2 : 0) + 1, Math.max(wide - 2, 5), Math.max(high - 2, 5));
  }
  return layout;
}

/** Whether the names can stand in the cells: most of them whole. */
function namesFit(context, entities, { wide, high, colours }) {
  if (wide < colours.rem * 1.6 || high < colours.rem * 1.35 || entities.length > 2_000) return false;
  context.font = `600 ${letters(high, colours)}px ${colours.font}`;
  const widths = entities.map((entity) => context.measureText(entity.short).width).sort((a, b) => a - b);
  return widths[Math.floor(widths.length * 0.9)] <= wide - 6;
}

function letters(high, colours) {
  return Math.min(colours.rem * 0.78, high * 0.4);
}

function one(context, entity, { x, y }, { wide, high, gap, small, colours, named }) {
  const isLoud = entity.state.rank > CALM;
  const [w, h_] = [wide - gap, high - gap];
  context.fillStyle = isLoud ? colours[entity.state.colour] : colours[`calm-${entity.state.colour}`];
  context.beginPath();
  if (small >= 10) context.roundRect(x + gap / 2, y + gap / 2, w, h_, Math.min(6, small / 6));
  else context.rect(x + gap / 2, y + gap / 2, w, h_);
  context.fill();
  if (small < 10) return;
  const half = Math.min(h_ * 0.2, colours.rem * 0.5, w * 0.25);
  context.fillStyle = isLoud ? colours.panel : `color-mix(in srgb, ${colours[entity.state.colour]} 75%, transparent)`;
  if (!named) {
    if (isLoud || small >= 16) drawMark(context, entity.state.colour, x + wide / 2, y + high / 2, isLoud ? half * 1.5 : half * 0.55);
    return;
  }
  const size = letters(high, colours);
  context.font = `600 ${size}px ${colours.font}`;
  context.textBaseline = "middle";
  context.textAlign = "center";
  const text = clipped(context, entity.short, w - 6);
  const tall = high >= size * 2.6;
  drawMark(context, entity.state.colour, x + wide / 2, y + (tall ? high * 0.32 : high * 0.5), tall ? half * 0.9 : 0);
  context.fillStyle = isLoud ? colours.panel : colours.text;
  context.fillText(text, x + wide / 2, y + (tall ? high * 0.7 : high * 0.52));
}

/** The end of a name tells entities apart better than its beginning. */
function clipped(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let cut = text;
  while (cut.length > 1 && context.measureText(`…${cut}`).width > width) cut = cut.slice(1);
  return `…${cut}`;
}

/** Cells of few pixels: written straight into the picture. */
function dense(context, entities, layout, { wide, high, width, height, ratio, colours }) {
  const [w, h_] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  const picture = context.createImageData(w, h_);
  const pixels = new Uint32Array(picture.data.buffer);
  const packed = new Map();
  entities.forEach((entity, index) => {
    const name = entity.state.rank > CALM ? entity.state.colour : `calm-${entity.state.colour}`;
    if (!packed.has(name)) packed.set(name, pack(context, colours[name]));
    const { x, y } = layout.place(index);
    const [left, top] = [Math.round(x * ratio), Math.round(y * ratio)];
    const right = Math.min(w, Math.max(left + 1, Math.round((x + wide) * ratio)));
    const bottom = Math.min(h_, Math.max(top + 1, Math.round((y + high) * ratio)));
    for (let row = top; row < bottom; row += 1) pixels.fill(packed.get(name), row * w + left, row * w + right);
  });
  context.putImageData(picture, 0, 0);
}

/** A colour of CSS as the four bytes of a pixel. */
function pack(context, colour) {
  const dot = new OffscreenCanvas(1, 1).getContext("2d");
  dot.fillStyle = colour;
  dot.fillRect(0, 0, 1, 1);
  return new Uint32Array(dot.getImageData(0, 0, 1, 1).data.buffer)[0];
}

/** What asks for attention among small cells: its shape, larger than its cell. */
function loud(context, entities, place, { wide, high, width, height, colours }) {
  const half = Math.max(4, colours.rem * 0.4);
  const inside = (at, end) => Math.max(half, Math.min(end - half, at));
  entities.forEach((entity, index) => {
    if (entity.state.rank <= CALM + 1) return;
    const { x, y } = place(index);
    context.fillStyle = colours[entity.state.colour];
    context.strokeStyle = colours.panel;
    context.lineWidth = 1.5;
    drawMark(context, entity.state.colour, inside(x + wide / 2, width), inside(y + high / 2, height), half);
    context.stroke();
  });
}
