// Lines and bars over time or numbers, drawn by uPlot in this page's colours; the pointer and the arrow keys read values.

import { onResize, palette } from "./canvas.js";
import { fill, h, setStyle, setText } from "./dom.js";
import { brief, number, shortDay, time, withUnit } from "./format.js";
import uPlot from "./lib/uPlot.esm.js";

const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3]];

/** How the n-th line is drawn: eight colours, then the same with dashes. */
function stroke(colours, index) {
  return { colour: colours.series[index % 8], dash: DASHES[Math.floor(index / 8) % DASHES.length] };
}

/** A chart in `element`. `shape`: "line" or "bar"; `page` tells zone and clock. */
export class Chart {
  constructor(element, shape, page) {
    this.element = element;
    this.shape = shape;
    this.page = page;
    this.plot = null;
    this.tip = h("div", { class: "tip", hidden: true });
    this.stop = onResize(element, () => this.fit());
    element.addEventListener("keydown", (event) => this.walk(event));
  }

  /** Draws `drawn`: {x: numbers, lines: [{label, values}], timed, unit, decimals, low, high, stacked}. */
  draw(given) {
    const drawn = this.shape === "bar" && !given.stacked && given.lines.length > 1 ? sideBySide(given) : given;
    const same = this.plot && this.key === this.keyOf(drawn);
    this.drawn = drawn;
    this.key = this.keyOf(drawn);
    // the tallest of stacked bars first: the lower ones are drawn over it
    const data = [drawn.x, ...(drawn.stacked ? piled(drawn.lines).reverse() : drawn.lines.map((line) => line.values))];
    if (same) this.plot.setData(data);
    else this.build(data);
  }

  keyOf(drawn) {
    return JSON.stringify([drawn.lines.map((line) => line.label), drawn.timed, drawn.unit, drawn.low, drawn.high, drawn.x.length > 1,
      drawn.stacked, this.page.utc, document.documentElement.dataset.theme, document.documentElement.lang]);
  }

  size() {
    return { width: Math.max(40, this.element.clientWidth), height: Math.max(40, this.element.clientHeight) };
  }

  fit() {
    if (!this.plot || !this.element.clientHeight) return;
    const rem = palette(this.element).rem;
    if (rem !== this.rem) this.recolour();
    else this.plot.setSize(this.size());
  }

  /** After colours, language or zone changed. */
  recolour() {
    if (!this.drawn) return;
    this.key = null;
    this.draw(this.drawn);
  }

  build(data) {
    this.plot?.destroy();
    const colours = palette(this.element);
    this.rem = colours.rem;
    const drawn = this.drawn;
    const series = drawn.lines.map((line, index) => this.series(line, index, colours));
    this.plot = new uPlot({
      ...this.size(), ms: 1, legend: { show: false }, padding: [colours.rem * 0.6, colours.rem * 1.3, 0, 0],
      tzDate: (at) => (this.page.utc ? uPlot.tzDate(new Date(at), "Etc/UTC") : new Date(at)),
      cursor: { y: false, drag: { x: false, y: false }, points: { size: colours.rem * 0.5 } },
      scales: { x: { time: drawn.timed, range: (plot, low, high) => this.spread(low, high) }, y: { range: (plot, low, high) => this.reach(low, high) } },
      axes: [this.axis(colours, true), this.axis(colours, false)],
      series: [{}, ...(drawn.stacked ? series.reverse() : series)],
      hooks: { drawClear: [(plot) => this.limits(plot, colours)], setCursor: [(plot) => this.point(plot)], ready: [(plot) => plot.over.append(this.tip)] },
    }, data, this.element);
  }

  /** Half a step around bars, so that the first and last stand whole. */
  spread(low, high) {
    const x = this.drawn.x;
    if (low === null || high === null) return [0, 1];
    if (low === high) return [low - 30_000, high + 30_000];
    const around = this.shape === "bar" ? (high - low) / Math.max(1, x.length - 1) / 2 : 0;
    return [low - around, high + around];
  }

  /** From the smallest to the largest value, limits included; bars and shares stand on 0. */
  reach(low, high) {
    const { low: floor, high: ceiling } = this.drawn;
    const known = [low, high, floor, ceiling].filter((value) => typeof value === "number" && Number.isFinite(value));
    if (!known.length) return [0, 1];
    let [from, to] = [Math.min(...known), Math.max(...known)];
    if (this.shape === "bar" || (from >= 0 && from < to * 0.4)) from = Math.min(0, from);
    if (from === to) [from, to] = from === 0 ? [0, 1] : [from - Math.abs(from) * 0.1, to + Math.abs(to) * 0.1];
    const air = (to - from) * 0.06;
    return [from === 0 ? 0 : from - air, to === 0 ? 0 : to + air];
  }

  axis(colours, isX) {
    const size = Math.round(colours.rem * 0.72);
    const step = isX ? colours.rem * 5 : colours.rem * 2.4;
    const shown = isX && this.drawn.timed ? (plot, splits) => this.times(plot, splits, colours.rem) : (plot, splits) => splits.map((value) => brief(value));
    const widest = (plot, values) => Math.max(...(values ?? ["0"]).map((text) => String(text).length)) * size * 0.6 + colours.rem * 0.8;
    return {
      stroke: colours.muted, font: `500 ${size}px ${colours.font}`, space: step, size: isX ? size * 2.1 : widest, gap: colours.rem * 0.3,
      grid: { stroke: colours.line, width: 1, show: !isX }, ticks: { show: false }, values: shown,
    };
  }

  times(plot, splits, rem) {
    const step = splits.length > 1 ? splits[1] - splits[0] : 60_000;
    const utc = this.page.utc;
    const text = step >= 86_400_000 ? (at) => shortDay(at, utc) : (at) => time(at, { utc, seconds: step < 60_000, date: "never" });
    // one that would begin left of the axis is left out
    return splits.map((at) => (plot.valToPos(at, "x") < rem * 1.4 ? "" : text(at)));
  }

  series(line, index, colours) {
    const { colour, dash } = stroke(colours, index);
    const wide = Math.max(1.5, colours.rem / 8);
    if (this.shape === "bar") {
      return { label: line.label, stroke: colour, fill: colour, width: 0, points: { show: false },
        paths: uPlot.paths.bars({ size: [0.78 / (this.drawn.at ? this.drawn.lines.length : 1), colours.rem * 6, 1], radius: this.drawn.stacked ? 0 : 0.12, align: 0 }) };
    }
    const alone = this.drawn.lines.length === 1;
    const shade = (plot) => {
      const { top, height } = plot.bbox;
      const gradient = plot.ctx.createLinearGradient(0, top, 0, top + height);
      gradient.addColorStop(0, `color-mix(in srgb, ${colour} 26%, transparent)`);
      gradient.addColorStop(1, `color-mix(in srgb, ${colour} 1%, transparent)`);
      return gradient;
    };
    return { label: line.label, stroke: colour, width: wide, dash, cap: "round", ...(alone ? { fill: shade } : {}),
      points: { show: this.drawn.x.length < 3, size: colours.rem * 0.4, fill: colour } };
  }

  /** Lines of the limits, with what lies beyond them shaded. */
  limits(plot, colours) {
    const { ctx, bbox } = plot;
    const ratio = uPlot.pxRatio;
    for (const [value, isHigh] of [[this.drawn.low, false], [this.drawn.high, true]]) {
      if (typeof value !== "number" || !Number.isFinite(value)) continue;
      const y = Math.min(bbox.top + bbox.height, Math.max(bbox.top, plot.valToPos(value, "y", true)));
      ctx.save();
      ctx.fillStyle = `color-mix(in srgb, ${colours.red} 10%, transparent)`;
      ctx.fillRect(bbox.left, isHigh ? bbox.top : y, bbox.width, isHigh ? y - bbox.top : bbox.top + bbox.height - y);
      ctx.strokeStyle = colours.red;
      ctx.lineWidth = ratio * 1.25;
      ctx.setLineDash([6 * ratio, 4 * ratio]);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
      ctx.fillStyle = colours.red;
      ctx.font = `600 ${colours.rem * 0.68 * ratio}px ${colours.font}`;
      ctx.textAlign = "left";
      ctx.textBaseline = isHigh ? "bottom" : "top";
      const label = `${this.drawn.words[isHigh ? "high" : "low"]} ${withUnit(number(value), this.drawn.unit)}`;
      const inside = isHigh && y - bbox.top < colours.rem * ratio ? "top" : ctx.textBaseline;
      ctx.textBaseline = inside;
      ctx.fillText(label, bbox.left + 6 * ratio, y + (inside === "top" ? 4 : -4) * ratio);
      ctx.restore();
    }
  }

  /** Values below the cursor. */
  point(plot) {
    const { idx, left } = plot.cursor;
    this.tip.hidden = idx === null || idx === undefined || left < 0 || !this.drawn.x.length;
    if (this.tip.hidden) return;
    const at = this.drawn.at?.[idx] ?? this.drawn.x[idx];
    const shown = this.drawn.lines.map((line, index) => ({ line, index, value: line.values[idx] })).filter(({ value }) => value !== undefined && value !== null);
    fill(this.tip,
      h("p", {}, this.drawn.timed ? time(at, { utc: this.page.utc, now: this.page.now() }) : number(at)),
      shown.slice(0, 12).map(({ line, index, value }) => h("p", {}, swatch(index), h("span", {}, line.label),
        h("b", {}, withUnit(number(value, this.drawn.decimals), this.drawn.unit)))));
    const x = plot.valToPos(this.drawn.x[idx], "x");
    const wide = this.tip.offsetWidth;
    setStyle(this.tip, { left: `${Math.max(0, Math.min(plot.over.clientWidth - wide, x > plot.over.clientWidth / 2 ? x - wide - 12 : x + 12))}px` });
    this.said?.(this.tip.innerText.replace(/\n+/g, ", "));
  }

  walk(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (!step || !this.plot || !this.drawn.x.length) return;
    event.preventDefault();
    const last = this.drawn.x.length - 1;
    this.at = Math.max(0, Math.min(last, (this.at ?? (step < 0 ? last + 1 : -1)) + step));
    this.plot.setCursor({ left: this.plot.valToPos(this.drawn.x[this.at], "x"), top: 1 });
  }

  destroy() {
    this.stop();
    this.plot?.destroy();
  }
}

/** The sample of a line's colour in legends. */
export function swatch(index) {
  return h("i", { class: `swatch s${(index % 8) + 1} d${Math.floor(index / 8) % 4}`, "aria-hidden": "true" });
}

/** The legend over a chart: label and newest value of each line. */
export function legend(element, drawn) {
  const alone = drawn.lines.length < 2;
  element.hidden = alone;
  if (alone) return;
  const keys = drawn.lines.map((line) => line.label).join("\n");
  if (element.dataset.keys !== keys) {
    element.dataset.keys = keys;
    fill(element, drawn.lines.map((line, index) => h("li", {}, swatch(index), h("span", {}, line.label), h("b", {}))));
  }
  drawn.lines.forEach((line, index) => {
    const value = line.values.findLast((one) => one !== undefined) ?? null;
    setText(element.children[index].lastChild, withUnit(number(value, drawn.decimals), value === null ? "" : drawn.unit));
  });
}

/** Bars beside each other: each series has places of its own around the value of x, which `at` keeps for reading. */
function sideBySide(drawn) {
  const steps = drawn.x.slice(1).map((x, index) => x - drawn.x[index]);
  const n = drawn.lines.length;
  const step = (steps.length ? Math.min(...steps) : 60_000) / (n + 0.8);
  const x = drawn.x.flatMap((value) => drawn.lines.map((_, series) => value + (series - (n - 1) / 2) * step));
  const lines = drawn.lines.map((line, series) => ({ ...line, values: x.map((_, index) => (index % n === series ? line.values[Math.floor(index / n)] : undefined)) }));
  return { ...drawn, x, lines, at: x.map((_, index) => drawn.x[Math.floor(index / n)]) };
}

/** Each line on top of those before it, for stacked bars. */
function piled(lines) {
  let below = lines[0]?.values.map(() => 0) ?? [];
  return lines.map((line) => {
    below = line.values.map((value, index) => below[index] + (value ?? 0));
    return below;
  });
}
