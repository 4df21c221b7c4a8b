// The world: countries coloured by a value, or points with a size and a state. Natural Earth projection.

import { onResize, palette, prepared } from "../canvas.js";
import { countryLetters, countryNumber } from "../countries.js";
import { fill, h, icon, setStyle, setText } from "../dom.js";
import { brief, cell, number, withUnit } from "../format.js";
import { locale, t } from "../i18n.js";
import { classifier, drawMark, judge, mark } from "../states.js";
import { borders } from "../world.js";

const CLOSEST = 24;
const NAMED = 12;

/** A map of points or countries, by the options of the tile. */
export function createMap(spec, page) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const tip = h("div", { class: "tip", hidden: true });
  const said = h("p", { class: "unseen", "aria-live": "polite" });
  const field = h("div", { class: "world", tabindex: "0", role: "group" }, canvas, tip);
  const buttons = h("div", { class: "zoom" },
    h("button", { type: "button", title: t("map_zoom_in"), "aria-label": t("map_zoom_in"), onclick: () => zoom(1.6) }, icon("plus")),
    h("button", { type: "button", title: t("map_zoom_out"), "aria-label": t("map_zoom_out"), onclick: () => zoom(1 / 1.6) }, icon("minus")));
  const key = h("ul", { class: "key" });
  const urgent = h("ul", { class: "unseen" });
  const element = h("div", { class: "mapbox" }, field, buttons, key, urgent, said);
  const view = { places: [], at: null, world: null, scale: 1, centre: null, drawn: null, rows: null, kind: "points", fitted: false };

  const draw = () => {
    if (view.world) view.drawn = paint(canvas, view);
  };
  const stop = onResize(field, draw);

  async function update(rows) {
    view.rows = rows;
    view.world ??= await borders();
    view.kind = spec.options.country ? "countries" : "points";
    view.places = view.kind === "countries" ? countries(rows, spec, view.world) : points(rows, spec, page, view.world);
    if (!view.fitted && view.places.length) fit();
    fill(urgent, view.places.slice(0, NAMED).map((one) => h("li", {}, `${one.name} ${one.text}`)));
    field.setAttribute("aria-label", `${spec.title}: ${summary()}`);
    draw();
    legend();
    if (view.at !== null) point(view.at);
  }

  /** Once, at the first points: no nearer than a continent, so that a city's points show where on Earth it lies. */
  function fit() {
    view.fitted = true;
    if (view.kind === "countries") return;
    const [xs, ys] = [view.places.map((one) => one.x), view.places.map((one) => one.y)];
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    view.scale = Math.max(1, Math.min(7, 0.72 / Math.max(right - left, (bottom - top) * 1.9, 0.001)));
    view.centre = view.scale > 1.3 ? [(left + right) / 2, (top + bottom) / 2] : null;
    if (!view.centre) view.scale = 1;
  }

  function zoom(factor, focus = null) {
    view.scale = Math.max(1, Math.min(CLOSEST, view.scale * factor));
    if (view.scale === 1) view.centre = null;
    else view.centre = focus ?? view.centre ?? heaviest();
    draw();
  }

  function heaviest() {
    const most = view.places.reduce((best, one) => ((one.weight ?? 0) > (best?.weight ?? -1) ? one : best), null);
    return most ? [most.x, most.y] : [0.5, 0.45];
  }

  function legend() {
    if (view.kind === "countries" && view.drawn?.steps && !spec.thresholds?.length) {
      fill(key, view.drawn.steps.map((step, index) => h("li", {}, h("i", { class: `swatch r${index + 1}` }), step)));
      return;
    }
    const found = new Map();
    for (const one of view.places) if (one.state?.word) found.set(one.state.word, { state: one.state, n: (found.get(one.state.word)?.n ?? 0) + 1 });
    fill(key, [...found.values()].sort((a, b) => b.state.rank - a.state.rank)
      .map(({ state, n }) => h("li", { class: state.colour }, mark(state.colour), h("b", {}, number(n)), h("span", {}, state.word))));
  }

  function point(index) {
    view.at = index !== null && view.places[index] ? index : null;
    draw();
    tip.hidden = view.at === null || !view.drawn;
    if (tip.hidden) return;
    const one = view.places[view.at];
    fill(tip, h("p", {}, h("b", {}, one.name)), h("p", {}, one.state ? mark(one.state.colour) : null, [one.state?.word, one.text].filter(Boolean).join(" · ")));
    const [x, y] = view.drawn.position(one);
    setStyle(tip, {
      left: `${Math.max(0, Math.min(field.clientWidth - tip.offsetWidth, x + 12))}px`,
      top: `${Math.max(0, Math.min(field.clientHeight - tip.offsetHeight, y + 12))}px`,
    });
    if (document.activeElement === field) setText(said, `${one.name}, ${one.state?.word ?? ""} ${one.text}`);
  }

  function choose() {
    const name = spec.options.country ?? spec.options.label;
    const own = spec.columns?.[name]?.link;
    const link = own && Object.keys(own).length ? own : spec.options.link;
    if (view.at !== null && link) page.follow(link, view.rows, view.places[view.at].row);
  }

  let grabbed = null;
  field.addEventListener("pointerdown", (event) => {
    grabbed = view.scale > 1 ? { x: event.offsetX, y: event.offsetY, centre: view.drawn?.centre, moved: false } : null;
  });
  field.addEventListener("pointerup", () => (grabbed = grabbed?.moved ? { done: true } : null));
  field.addEventListener("pointermove", (event) => {
    if (grabbed?.centre && event.buttons & 1) {
      const unit = view.drawn.unit;
      view.centre = [grabbed.centre[0] - (event.offsetX - grabbed.x) / unit, grabbed.centre[1] - (event.offsetY - grabbed.y) / unit];
      grabbed.moved ||= Math.hypot(event.offsetX - grabbed.x, event.offsetY - grabbed.y) > 4;
      draw();
    } else point(view.drawn?.nearest(event.offsetX, event.offsetY) ?? null);
  });
  field.addEventListener("pointerleave", () => point(null));
  field.addEventListener("blur", () => point(null));
  field.addEventListener("click", () => (grabbed?.done ? (grabbed = null) : choose()));
  field.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && document.fullscreenElement === null && !field.closest("dialog")) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1.25 : 0.8, view.scale === 1 ? view.drawn?.unplaced(event.offsetX, event.offsetY) : null);
  }, { passive: false });
  field.addEventListener("keydown", (event) => {
    const n = view.places.length;
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (event.key === "Enter") choose();
    else if (event.key === "+" || event.key === "=") zoom(1.6);
    else if (event.key === "-") zoom(1 / 1.6);
    else if (step && n) point(view.at === null ? 0 : (view.at + step + n) % n);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  function summary() {
    const n = number(view.places.length);
    const first = view.places.slice(0, 5).map((one) => `${one.name} ${one.text}`.trim()).join(", ");
    return `${t(view.kind === "countries" ? "countries_n" : "places_n", { n })}${first ? `: ${first}` : ""}`;
  }
  return { element, update, summary, destroy: stop, recolour: draw };
}

function settings(spec, name) {
  const column = spec.columns?.[name] ?? {};
  return { decimals: column.decimals ?? spec.decimals ?? null, unit: column.unit ?? spec.unit ?? "", thresholds: column.thresholds ?? spec.thresholds };
}

/** Rows as countries of the map, the largest value first. Codes that no border has are left out. */
function countries(rows, spec, world) {
  const value = spec.options.value ?? rows.first("number");
  const shown = settings(spec, value);
  const names = new Intl.DisplayNames([locale()], { type: "region" });
  return rows.rows.map((_, row) => {
    const code = countryNumber(rows.cell(row, spec.options.country), world.byName);
    const shape = code && world.shapes.get(code);
    if (!shape) return null;
    const amount = rows.isNan(row, value) ? null : rows.cell(row, value);
    const letters = countryLetters(code);
    return {
      row, code, shape, x: shape.middle[0], y: shape.middle[1], weight: Number(amount ?? 0), amount,
      name: letters ? names.of(letters) : shape.name, text: amount === null ? "–" : withUnit(number(amount, shown.decimals), shown.unit),
      state: judge(amount, shown.thresholds),
    };
  }).filter(Boolean).sort((a, b) => b.weight - a.weight);
}

function points(rows, spec, page, world) {
  const { latitude, longitude, size, state, label } = spec.options;
  const of = state ? settings(spec, state) : settings(spec, size);
  const classify = state ? classifier(of.thresholds, { unknown: t("unknown"), yes: t("yes"), no: t("no") }) : () => null;
  const title = label ?? rows.first("text");
  return rows.rows.map((_, row) => {
    const [lat, lon] = [rows.cell(row, latitude), rows.cell(row, longitude)];
    if (lat === null || lon === null || !(Math.abs(lat) <= 90) || !(Math.abs(lon) <= 180)) return null;
    const [x, y] = world.project(Number(lon), Number(lat));
    const amount = size ? rows.cell(row, size) : null;
    const shown = size ? settings(spec, size) : null;
    return {
      row, x, y, weight: amount === null ? 1 : Math.max(0, Number(amount)), sized: amount !== null,
      name: title ? cell(rows.cell(row, title), rows.kind(title), { utc: page.utc }) : `${number(lat, 2)}, ${number(lon, 2)}`,
      text: amount === null ? "" : withUnit(number(amount, shown.decimals), shown.unit), state: classify(state ? rows.cell(row, state) : null),
    };
  }).filter(Boolean).sort((a, b) => (b.state?.rank ?? 0) - (a.state?.rank ?? 0) || b.weight - a.weight);
}

/** The map's places on the canvas: the whole world by default, else around the centre. */
function paint(canvas, view) {
  const ready = prepared(canvas);
  if (!ready) return null;
  const { context, width, height } = ready;
  const colours = palette(canvas);
  const whole = Math.min(width, height / view.world.aspect);
  const unit = whole * view.scale;
  const centre = view.centre ?? [0.5, view.world.aspect / 2];
  const origin = [width / 2 - centre[0] * unit, height / 2 - centre[1] * unit];
  const position = (one) => [origin[0] + one.x * unit, origin[1] + one.y * unit];
  context.save();
  context.translate(...origin);
  context.scale(unit, unit);
  context.lineJoin = "round";
  context.lineWidth = 0.7 / unit;
  const filled = view.kind === "countries" ? shades(view.places, colours) : { of: new Map(), steps: null };
  for (const [code, shape] of view.world.shapes) {
    context.fillStyle = filled.of.get(code) ?? colours.land;
    context.strokeStyle = colours.panel;
    context.fill(shape.path);
    context.stroke(shape.path);
  }
  const at = view.at === null ? null : view.places[view.at];
  if (at?.shape) {
    context.strokeStyle = colours.text;
    context.lineWidth = 2 / unit;
    context.stroke(at.shape.path);
  }
  context.restore();
  if (view.kind === "points") dots(context, view.places, position, colours, at);
  else marks(context, view.places, position, colours);
  return {
    unit, centre, position, steps: filled.steps, unplaced: (x, y) => [(x - origin[0]) / unit, (y - origin[1]) / unit],
    nearest: (x, y) => (view.kind === "points" ? nearestDot(view.places, position, x, y, colours.rem)
      : nearestShape(view.places, context, (x - origin[0]) / unit, (y - origin[1]) / unit)),
  };
}

function radius(one, most, rem) {
  return one.sized ? rem * (0.22 + 0.95 * Math.sqrt(one.weight / (most || 1))) : rem * 0.34;
}

function dots(context, places, position, colours, at) {
  const most = Math.max(...places.map((one) => one.weight), 0);
  for (const one of [...places].reverse()) {
    const [x, y] = position(one);
    const size = radius(one, most, colours.rem);
    const colour = colours[one.state?.colour ?? "blue"];
    context.fillStyle = `color-mix(in srgb, ${colour} ${one.sized ? 45 : 80}%, transparent)`;
    context.strokeStyle = one === at ? colours.text : colour;
    context.lineWidth = one === at ? 2.5 : 1.4;
    if (one.state && one.state.colour !== "blue") drawMark(context, one.state.colour, x, y, size * 1.15);
    else {
      context.beginPath();
      context.arc(x, y, size, 0, Math.PI * 2);
      context.fill();
    }
    context.stroke();
  }
}

/** Countries whose state asks for attention carry its shape. */
function marks(context, places, position, colours) {
  for (const one of places) {
    if (!one.state || one.state.rank < 3) continue;
    const [x, y] = position(one);
    context.fillStyle = colours.text;
    drawMark(context, one.state.colour, x, y, colours.rem * 0.32);
  }
}

function nearestDot(places, position, x, y, rem) {
  const most = Math.max(...places.map((one) => one.weight), 0);
  let best = [null, Infinity];
  places.forEach((one, index) => {
    const [px, py] = position(one);
    const away = Math.hypot(px - x, py - y) - radius(one, most, rem);
    if (away < best[1]) best = [index, away];
  });
  return best[1] < rem * 0.5 ? best[0] : null;
}

function nearestShape(places, context, x, y) {
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  const found = places.findIndex((one) => context.isPointInPath(one.shape.path, x, y));
  context.restore();
  return found < 0 ? null : found;
}

/** A colour for each country: by its state, else in five steps of equally many countries. */
function shades(places, colours) {
  const amounts = places.map((one) => one.weight).sort((a, b) => a - b);
  const borders_ = [0.2, 0.4, 0.6, 0.8].map((share) => amounts[Math.floor(share * amounts.length)] ?? 0);
  const of = new Map();
  for (const one of places) {
    const step = borders_.filter((border) => one.weight >= border && border > amounts[0]).length;
    of.set(one.code, one.state ? colours[one.state.colour] : colours.ramp[step]);
  }
  const limits = [amounts[0] ?? 0, ...borders_.filter((border) => border > amounts[0])];
  return { of, steps: places.length ? limits.map((limit) => `≥ ${brief(limit)}`) : [] };
}
