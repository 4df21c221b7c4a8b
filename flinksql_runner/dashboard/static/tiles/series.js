// Lines and bars: rows become series, by several columns or by the values of one.

import { Chart, legend } from "../chart.js";
import { fill, h, setStyle, setText } from "../dom.js";
import { brief, cell, instant, number, withUnit } from "../format.js";
import { t } from "../i18n.js";
import { judge, mark } from "../states.js";

const MOST_LINES = 16;
const GAP = 8;

/** A line chart. */
export function createLine(spec, page) {
  return charted(spec, page, "line");
}

/** Bars: upright over time or numbers, lying for names. */
export function createBar(spec, page) {
  const element = h("div", { class: "barbox" });
  let inner = null;
  let lying = null;
  function update(rows) {
    const x = spec.options.x ?? rows.columns[0]?.name;
    const names = !["time", "number"].includes(rows.kind(x)) && rows.columns.length > 0;
    if (lying !== names) {
      inner?.destroy?.();
      lying = names;
      inner = names ? named(spec, page) : charted(spec, page, "bar");
      fill(element, inner.element);
    }
    inner.update(rows);
  }
  return { element, update, summary: () => inner?.summary() ?? "", destroy: () => inner?.destroy?.(), recolour: () => inner?.recolour?.() };
}

function charted(spec, page, shape) {
  const box = h("div", { class: "plot", tabindex: "0", role: "img" });
  const list = h("ul", { class: "legend", "aria-label": t("legend"), hidden: true });
  const note = h("p", { class: "note", hidden: true });
  const said = h("p", { class: "unseen", "aria-live": "polite" });
  const element = h("div", { class: "chart" }, list, box, note, said);
  const chart = new Chart(box, shape, page);
  chart.said = (text) => document.activeElement === box && setText(said, text);
  let drawn = null;

  function update(rows) {
    drawn = series(rows, spec, shape);
    note.hidden = !drawn.cut;
    setText(note, drawn.cut ? t("series_cut", { shown: drawn.lines.length, n: drawn.cut }) : "");
    legend(list, drawn);
    box.setAttribute("aria-label", `${spec.title}: ${summary()}`);
    chart.draw(drawn);
  }

  function summary() {
    if (!drawn) return "";
    return drawn.lines.slice(0, 8).map((line) => {
      const known = line.values.filter((value) => value !== null && value !== undefined);
      if (!known.length) return `${line.label} ${t("value_missing")}`;
      const text = (value) => withUnit(number(value, drawn.decimals), drawn.unit);
      return `${line.label} ${text(known.at(-1))} (${text(Math.min(...known))} – ${text(Math.max(...known))})`;
    }).join("; ");
  }
  return { element, update, summary, destroy: () => chart.destroy(), recolour: () => chart.recolour() };
}

/** Rows as {x, lines}; x grows, each x once, holes are null. */
export function series(rows, spec, shape = "line") {
  const options = spec.options;
  const x = options.x ?? rows.first("time") ?? rows.columns[0]?.name;
  const timed = rows.kind(x) === "time";
  const split = options.series ?? null;
  const columns = (options.y?.length ? [options.y].flat() : rows.columns.filter((c) => c.kind === "number" && c.name !== x).map((c) => c.name))
    .filter((name) => rows.has(name) && name !== options.low && name !== options.high);
  const points = new Map();
  const labels = new Map();
  rows.rows.forEach((_, row) => {
    const at = timed ? instant(rows.cell(row, x)) : numeric(rows.cell(row, x));
    if (at === null) return;
    for (const column of columns) {
      const label = split ? [cell(rows.cell(row, split), rows.kind(split)), ...(columns.length > 1 ? [spec.columns?.[column]?.label ?? column] : [])].join(" · ")
        : spec.columns?.[column]?.label ?? column;
      if (!labels.has(label)) labels.set(label, labels.size);
      if (!points.has(at)) points.set(at, new Map());
      points.get(at).set(label, rows.isNan(row, column) ? null : numeric(rows.cell(row, column)));
    }
  });
  if (shape === "line" && timed) breaks(points, [...labels.keys()].slice(0, MOST_LINES));
  const xs = [...points.keys()].sort((a, b) => a - b);
  const kept = [...labels.keys()].slice(0, MOST_LINES);
  const first = columns[0];
  return {
    x: xs, timed, unit: spec.columns?.[first]?.unit ?? spec.unit ?? "", decimals: spec.columns?.[first]?.decimals ?? spec.decimals ?? null,
    lines: kept.map((label) => ({ label, values: xs.map((at) => points.get(at).get(label)) })),
    low: limit(rows, options.low), high: limit(rows, options.high), cut: labels.size > kept.length ? labels.size : 0,
    stacked: shape === "bar" && kept.length > 1 && options.stacked !== false, words: { low: t("low"), high: t("high") },
  };
}

/** Where nothing came for much longer than usual, the line breaks: a straight one would tell of values that nobody measured.
 * (For uPlot null is a break, undefined a place where this line has no point of its own.) */
function breaks(points, labels) {
  for (const label of labels) {
    const times = [...points].filter(([, values]) => values.has(label)).map(([at]) => at).sort((a, b) => a - b);
    const steps = times.slice(1).map((at, index) => at - times[index]);
    const usual = [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
    steps.forEach((step, index) => {
      if (steps.length < 4 || step < usual * GAP) return;
      const middle = times[index] + step / 2;
      if (!points.has(middle)) points.set(middle, new Map());
      points.get(middle).set(label, null);
    });
  }
}

function numeric(value) {
  if (value === null || value === undefined || value === "" || typeof value === "boolean") return null;
  const amount = Number(value);
  return Number.isFinite(amount) ? amount : null;
}

/** A limit is a number, or a column whose newest value counts. */
function limit(rows, given) {
  if (typeof given === "string" && rows.has(given)) return rows.length ? numeric(rows.cell(rows.length - 1, given)) : null;
  return numeric(given ?? null);
}

/** Bars that lie: a name, a bar, a value a row. */
function named(spec, page) {
  const list = h("ol", { class: "names" });
  const element = h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": spec.title }, list);
  let said = "";

  function update(rows) {
    const x = spec.options.x ?? rows.columns[0].name;
    const y = [spec.options.y ?? rows.first("number")].flat()[0];
    const column = spec.columns?.[y] ?? {};
    const own = spec.columns?.[x]?.link;
    const link = own && Object.keys(own).length ? own : spec.options.link ?? null;
    const values = rows.rows.map((_, row) => numeric(rows.cell(row, y)) ?? 0);
    const most = Math.max(...values.map(Math.abs), 0);
    const items = rows.rows.map((_, row) => {
      const value = rows.cell(row, y);
      const state = judge(value, column.thresholds ?? spec.thresholds);
      const text = withUnit(rows.isNan(row, y) ? "NaN" : number(value, column.decimals ?? spec.decimals ?? null), value === null ? "" : column.unit ?? spec.unit);
      const bar = h("span", { class: `bar ${state?.colour ?? ""}` });
      setStyle(bar, { "--share": most ? Math.abs(values[row]) / most : 0 });
      const name = cell(rows.cell(row, x), rows.kind(x), { utc: page.utc });
      return h("li", {}, h("span", { class: "name" }, page.linked(name, link, rows, row)), h("span", { class: "track", "aria-hidden": "true" }, bar),
        h("b", {}, state?.word ? mark(state.colour) : null, text, state?.word ? h("span", { class: "unseen" }, ` ${state.word}`) : null));
    });
    setStyle(list, { "--n": items.length });
    fill(list, items);
    said = rows.rows.slice(0, 5).map((_, row) => `${cell(rows.cell(row, x), rows.kind(x))} ${brief(rows.cell(row, y))}`).join(", ");
  }
  return { element, update, summary: () => said };
}
