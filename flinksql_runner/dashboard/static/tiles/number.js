// One number: large, with its unit, what it means, how it changed, and the line that led to it.

import { onResize, palette, prepared } from "../canvas.js";
import { fill, h, icon, setText } from "../dom.js";
import { age, cell, instant, number, withUnit } from "../format.js";
import { t } from "../i18n.js";
import { judge, mark } from "../states.js";

/** The tile's element and how it is brought up to date. */
export function createNumber(spec, page) {
  const figure = h("span", { class: "figure" });
  const unit = h("span", { class: "unit" });
  const chip = h("p", { class: "meaning" });
  const trend = h("p", { class: "trend" });
  const canvas = h("canvas", { class: "spark", "aria-hidden": "true" });
  const element = h("div", { class: "big" }, h("p", { class: "value" }, figure, unit), h("div", { class: "below" }, chip, trend), canvas);
  let shown = null;
  const draw = () => shown && spark(canvas, shown.points, shown.state);
  const stop = onResize(canvas, draw);

  function update(rows) {
    shown = read(rows, spec, page);
    setText(figure, shown.text);
    setText(unit, shown.unit);
    element.classList.toggle("words", shown.kind !== "number");
    element.dataset.state = shown.state?.colour ?? "";
    element.dataset.length = shown.text.length > 9 ? "long" : shown.text.length > 6 ? "middle" : "short";
    fill(chip, shown.state?.word ? [mark(shown.state.colour), shown.state.word] : []);
    fill(trend, change(shown, spec));
    canvas.hidden = shown.points.length < 2;
    element.classList.toggle("plain", canvas.hidden);
    draw();
  }

  const summary = () => (shown ? [withUnit(shown.text, shown.unit), shown.state?.word, trend.textContent].filter(Boolean).join(", ") : "");
  return { element, update, summary, destroy: stop, recolour: draw };
}

function read(rows, spec, page) {
  const name = spec.options.value ?? rows.first("number") ?? rows.columns[0]?.name;
  const last = rows.length - 1;
  const column = spec.columns?.[name] ?? {};
  const kind = rows.kind(name);
  const raw = last < 0 ? null : rows.cell(last, name);
  const nan = last >= 0 && rows.isNan(last, name);
  const unit = column.unit ?? spec.unit ?? "";
  const text = kind === "time" && raw !== null ? age(page.now() - instant(raw))
    : cell(raw, kind, { decimals: column.decimals ?? spec.decimals ?? null, utc: page.utc, nan });
  const time = spec.options.x ?? rows.first("time");
  const points = time && rows.length > 1 ? rows.rows.map((_, row) => [instant(rows.cell(row, time)), rows.cell(row, name)])
    .filter(([at, value]) => at !== null && value !== null) : [];
  const previous = spec.options.previous && last >= 0 ? rows.cell(last, spec.options.previous) : null;
  return {
    text: raw === null && !nan ? "–" : text, kind, unit: raw === null || nan || kind !== "number" ? "" : unit.trim(), raw, previous,
    points: points.sort((a, b) => a[0] - b[0]), state: judge(raw, column.thresholds ?? spec.thresholds),
  };
}

function change(shown, spec) {
  if (shown.previous === null || shown.raw === null || shown.kind !== "number") return [];
  const delta = shown.raw - shown.previous;
  const share = shown.unit !== "%" && shown.previous !== 0;
  const size = share ? `${number(Math.round(Math.abs((delta / shown.previous) * 100) * 10) / 10)} %` : number(Math.abs(delta), spec.decimals ?? null);
  if (delta === 0 || Number.parseFloat(size) === 0) return [h("span", {}, t("same"))];
  return [icon(delta > 0 ? "up" : "down"), h("span", {}, t(delta > 0 ? "up" : "down", { delta: size }))];
}

function spark(canvas, points, state) {
  const ready = points.length > 1 && prepared(canvas);
  if (!ready) return;
  const { context, width, height } = ready;
  const colours = palette(canvas);
  const colour = colours[state?.colour ?? "blue"];
  const values = points.map(([, value]) => Number(value)).filter(Number.isFinite);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [from, to] = [points[0][0], points.at(-1)[0]];
  const x = (at) => ((at - from) / (to - from || 1)) * width;
  const y = (value) => height - 3 - ((value - low) / (high - low || 1)) * (height - 8);
  const path = new Path2D();
  points.forEach(([at, value], index) => path[index ? "lineTo" : "moveTo"](x(at), high === low ? height / 2 : y(Number(value))));
  const area = new Path2D(path);
  area.lineTo(width, height);
  area.lineTo(0, height);
  const shade = context.createLinearGradient(0, 0, 0, height);
  shade.addColorStop(0, `color-mix(in srgb, ${colour} 30%, transparent)`);
  shade.addColorStop(1, `color-mix(in srgb, ${colour} 2%, transparent)`);
  context.fillStyle = shade;
  context.fill(area);
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1.5, colours.rem / 9);
  context.lineJoin = "round";
  context.stroke(path);
}
