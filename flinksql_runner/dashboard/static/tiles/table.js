// Rows as a table: numbers to the right with their units, states with shape and word, sorted by a click on a head.

import { fill, h, icon } from "../dom.js";
import { cell, instant, time } from "../format.js";
import { t } from "../i18n.js";
import { judge, mark } from "../states.js";

const MOST_ROWS = 300;

/** A table of the tile's rows. */
export function createTable(spec, page, most = MOST_ROWS) {
  const head = h("tr");
  const body = h("tbody");
  const table = h("table", {}, h("caption", { class: "unseen" }, spec.title), h("thead", {}, head), body);
  const note = h("p", { class: "note", hidden: true });
  const element = h("div", { class: "tablebox" }, h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": spec.title }, table), note);
  let shown = null;
  let sorted = null;

  function update(rows) {
    shown = rows;
    const order = rows.rows.map((_, row) => row);
    if (sorted && rows.has(sorted.name)) order.sort((a, b) => compare(rows.cell(a, sorted.name), rows.cell(b, sorted.name)) * sorted.sign);
    const key = JSON.stringify([rows.columns, sorted, page.utc, document.documentElement.lang]);
    if (head.dataset.key !== key) {
      const focused = document.activeElement?.closest?.("th")?.dataset.name;
      head.dataset.key = key;
      fill(head, rows.columns.map((column) => heading(column)));
      if (focused && head.isConnected) [...head.children].find((th) => th.dataset.name === focused)?.querySelector("button")?.focus();
    }
    const fresh = order.slice(0, most).map((row) => line(rows, row));
    keepFocus(body, () => fill(body, fresh));
    note.hidden = rows.length <= most && !rows.more;
    note.textContent = note.hidden ? "" : t("rows_cut", { n: Math.min(most, rows.length) });
  }

  function heading(column) {
    const settings = spec.columns?.[column.name] ?? {};
    const label = settings.label ?? words(column.name);
    const direction = sorted?.name === column.name ? (sorted.sign > 0 ? "ascending" : "descending") : null;
    const button = h("button", { type: "button", title: t("sort_by", { column: label }), onclick: () => sort(column.name) }, label,
      direction ? icon(sorted.sign > 0 ? "up" : "down") : null);
    return h("th", { scope: "col", class: column.kind, "data-name": column.name, "aria-sort": direction }, button);
  }

  function sort(name) {
    const again = sorted?.name === name;
    sorted = again && sorted.sign > 0 ? null : { name, sign: again ? 1 : -1 };
    update(shown);
  }

  function line(rows, row) {
    return h("tr", {}, rows.columns.map((column) => {
      const settings = spec.columns?.[column.name] ?? {};
      const value = rows.cell(row, column.name);
      const nan = rows.isNan(row, column.name);
      const text = cell(value, column.kind, { decimals: settings.decimals ?? (column.kind === "number" ? spec.decimals ?? null : null), unit: settings.unit, utc: page.utc, now: page.now(), nan });
      const state = judge(value, settings.thresholds);
      const title = column.kind === "time" && value !== null ? time(instant(value), { utc: page.utc, date: "always" }) : null;
      const missing = value === null;
      return h("td", { class: `${column.kind}${missing ? " missing" : ""}${text.length < 28 ? " short" : ""}`, title }, state ? stated(state, text, value) : page.linked(text, linkOf(spec, column.name), rows, row));
    }));
  }
  return { element, update, summary: () => (shown ? t("rows_n", { n: shown.length }) : "") };
}

/** A column's own link, or the tile's in the columns whose values it sets. */
function linkOf(spec, name) {
  const own = spec.columns?.[name]?.link;
  if (own && Object.keys(own).length) return own;
  return Object.values(spec.options.link ?? {}).includes(name) ? spec.options.link : null;
}

function stated(state, text, value) {
  const own = state.word && state.word.toLowerCase() !== String(value).toLowerCase() ? state.word : "";
  return h("span", { class: `state ${state.colour}` }, mark(state.colour), h("span", {}, text), own ? h("span", { class: "word" }, own) : null);
}

function compare(a, b) {
  if (a === b) return 0;
  if (a === null || a === undefined) return -1;
  if (b === null || b === undefined) return 1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

/** A column's name as words: `first_seen` is `first seen`. */
export function words(name) {
  return name.replaceAll("_", " ");
}

/** Rows are drawn anew; the link that had the focus gets it back by its place. */
function keepFocus(body, change) {
  const held = body.contains(document.activeElement) ? [...body.querySelectorAll("button")].indexOf(document.activeElement) : -1;
  change();
  if (held >= 0) body.querySelectorAll("button")[held]?.focus({ preventScroll: true });
}
