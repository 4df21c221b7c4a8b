// Records of a node as they pass: filtered by column, counted by value. For people who look before they write SQL.

import { fill, h, icon, setStyle, setText } from "./dom.js";
import { saveRows } from "./download.js";
import { keeps } from "./explore_filter.js";
import { boardLinks, head, keepMenu, logo, viewMenu } from "./header.js";
import { number } from "./format.js";
import { t } from "./i18n.js";
import { Rows } from "./rows.js";
import { Stream } from "./stream.js";
import { words } from "./tiles/table.js";

const KEPT = 2_000;
const SHOWN = 150;
const TOP = 12;
const BEAT_MS = 2_000;
const KINDS = ["source", "transform", "sink"];

/** The exploring page. */
export class Explorer {
  constructor(root, source, prefs, set) {
    Object.assign(this, { root, prefs, set, boards: source.boards, nodes: [], node: null, find: "" });
    this.stream = new Stream({ event: (name, content) => this.event(name, content), state: (state, why) => this.connection(state, why) },
      ["columns", "rows", "ended", "trouble", "alive"]);
    window.addEventListener("popstate", () => this.choose(new URLSearchParams(location.search).get("node"), false));
    this.build();
    this.load();
  }

  async load() {
    const answer = await fetch("/api/explore").catch(() => null);
    this.nodes = answer?.ok ? (await answer.json()).nodes : [];
    this.listNodes();
    this.choose(new URLSearchParams(location.search).get("node"), false);
  }

  preferences(prefs) {
    this.prefs = prefs;
    keepMenu(this.root, () => this.build());
    this.listNodes();
    this.openPanel();
  }

  build() {
    document.title = `${t("ex_title")} · flinksql`;
    this.list = h("div", { class: "nodes" });
    this.panel = h("section", { class: "records", "aria-label": t("ex_title") }, h("p", { class: "none" }, t("ex_intro")));
    const find = h("input", { type: "search", value: this.find, placeholder: t("ex_find"), "aria-label": t("ex_find"), oninput: (event) => {
      this.find = event.target.value;
      this.listNodes();
    } });
    fill(this.root,
      head([h("div", { class: "name" }, logo(), h("div", {}, h("h1", {}, t("ex_title")))), h("div", { class: "actions right" }, boardLinks(this.boards, null, false), viewMenu(this.prefs, this.set))]),
      h("main", { id: "tiles", class: "explore", tabindex: "-1" }, h("nav", { class: "side", "aria-label": t("ex_nodes") }, find, this.list), this.panel));
  }

  listNodes() {
    const found = this.nodes.filter((node) => node.name.toLowerCase().includes(this.find.toLowerCase()));
    fill(this.list, KINDS.map((kind) => {
      const some = found.filter((node) => node.kind === kind);
      return some.length ? [h("h2", {}, t(`ex_${kind}`)), h("ul", {}, some.map((node) => h("li", {}, h("button", {
        type: "button", "aria-current": node.name === this.node?.name ? "true" : null, onclick: () => this.choose(node.name) }, node.name))))] : null;
    }));
  }

  /** Looks at a node; the address says which. */
  choose(name, isNew = true) {
    const node = this.nodes.find((one) => one.name === name) ?? null;
    if (!node) return;
    if (isNew) history.pushState(null, "", `${location.pathname}?node=${encodeURIComponent(name)}${location.hash}`);
    this.node = node;
    this.columns = node.columns;
    this.filters = new Map();
    this.by = null;
    this.listNodes();
    this.start();
  }

  start() {
    this.rows = [];
    this.seen = 0;
    this.arrivals = [];
    this.note = t("ex_waiting");
    this.isRunning = true;
    this.openPanel();
    this.stream.open(`/api/explore/${encodeURIComponent(this.node.name)}`, BEAT_MS);
  }

  stop(note) {
    this.stream.close();
    this.isRunning = false;
    this.note = note;
    this.draw();
  }

  event(name, content) {
    if (name === "columns") {
      this.columns = content.columns;
      this.note = this.rows.length ? "" : t("ex_waiting");
      this.headings();
    } else if (name === "rows") {
      this.note = "";
      this.seen = content.seen;
      this.arrivals.push([performance.now(), content.seen]);
      this.rows = [...content.rows.reverse(), ...this.rows].slice(0, KEPT);
    } else if (name === "ended") this.stop(t("ex_ended"));
    else if (name === "trouble") this.stop(content.message);
    if (name !== "alive") this.draw();
  }

  connection(state, why) {
    if (state === "lost") {
      // a query that is asked for anew begins anew
      this.rows = [];
      this.arrivals = [];
    }
    this.note = state === "lost" ? t("disconnected") : state === "denied" ? t("denied") : state === "refused" ? why : this.note;
    this.draw();
  }

  openPanel() {
    if (!this.node) return;
    this.noteLine = h("p", { class: "note", role: "status" });
    this.meter = h("p", { class: "meter" });
    this.button = h("button", { type: "button", class: "quiet", onclick: () => (this.isRunning ? this.stop(t("ex_stopped")) : this.start()) });
    this.clear = h("button", { type: "button", class: "quiet", onclick: () => {
      this.filters.clear();
      this.headings();
      this.draw();
    } }, t("ex_clear"));
    this.head = h("thead");
    this.body = h("tbody");
    this.counts = h("div", { class: "countbox" });
    fill(this.panel,
      h("header", {}, h("h2", {}, this.node.name), this.meter, h("div", { class: "actions right" }, this.clear, h("button", { type: "button", class: "tool", title: t("csv"), "aria-label": t("csv"), onclick: () => this.csv() }, icon("download")), this.button)),
      this.noteLine, h("div", { class: "split" },
        h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": this.node.name }, h("table", {}, h("caption", { class: "unseen" }, this.node.name), this.head, this.body)), this.counts));
    this.headings();
    this.draw();
  }

  /** Heads with a filter each; built anew only when the columns change, so that typing is not disturbed. */
  headings() {
    this.head.hidden = !this.columns.length;
    fill(this.head,
      h("tr", {}, h("th", { scope: "col", class: "kind" }, t("ex_kind")), this.columns.map((column) => h("th", { scope: "col", title: column.type }, h("button", { type: "button", title: t("ex_counts", { column: column.name }),
        "aria-pressed": String(this.by === column.name), onclick: () => this.countBy(column.name) }, words(column.name))))),
      h("tr", { class: "filters" }, h("td"), this.columns.map((column) => h("td", {}, h("input", { type: "search", value: this.filters.get(column.name) ?? "", spellcheck: "false", autocomplete: "off",
        placeholder: t("ex_filter_short"), title: t("ex_filter_hint"), "aria-label": t("ex_filter", { column: column.name }), oninput: (event) => this.filter(column.name, event.target.value) })))));
  }

  countBy(name) {
    this.by = this.by === name ? null : name;
    for (const button of this.head.querySelectorAll("button")) button.setAttribute("aria-pressed", String(this.by !== null && button.textContent === words(this.by)));
    this.draw();
  }

  filter(name, text) {
    if (text.trim()) this.filters.set(name, text.trim());
    else this.filters.delete(name);
    this.draw();
  }

  matching() {
    const wanted = this.columns.map((column, index) => [index + 1, this.filters.get(column.name)]).filter(([, text]) => text);
    return wanted.length ? this.rows.filter((row) => wanted.every(([index, text]) => keeps(row[index], text))) : this.rows;
  }

  draw() {
    if (!this.noteLine || this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.drawNow();
    });
  }

  drawNow() {
    const rows = this.matching();
    setText(this.noteLine, this.note || (rows.length || !this.rows.length ? "" : t("ex_none")));
    this.noteLine.hidden = !this.noteLine.textContent;
    setText(this.button, t(this.isRunning ? "ex_stop" : "ex_start"));
    this.clear.hidden = !this.filters.size;
    const parts = [t("ex_seen", { n: number(this.seen) }), this.isRunning ? t("ex_rate", { rate: number(this.rate(), 1) }) : null,
      this.filters.size ? t("ex_kept", { n: number(rows.length) }) : null, this.seen > KEPT ? t("ex_last", { n: number(KEPT) }) : null];
    setText(this.meter, parts.filter(Boolean).join(" · "));
    fill(this.body, rows.slice(0, SHOWN).map((row) => h("tr", {}, row.map((value, index) => (index === 0 ? h("td", { class: `kind ${value.startsWith("-") ? "gone" : value === "+I" ? "" : "changed"}` }, value)
      : h("td", { class: `${typeof value === "number" ? "number" : ""}${value === null ? " missing" : ""}`, title: typeof value === "number" ? String(value) : null }, brief(value)))))));
    this.drawCounts(rows);
  }

  rate() {
    const now = performance.now();
    this.arrivals = this.arrivals.filter(([at]) => now - at < 10_000);
    if (this.arrivals.length < 2) return 0;
    const [first, last] = [this.arrivals[0], this.arrivals.at(-1)];
    return (last[1] - first[1]) / Math.max(0.5, (last[0] - first[0]) / 1000);
  }

  drawCounts(rows) {
    this.counts.hidden = this.by === null;
    if (this.by === null) return;
    const index = this.columns.findIndex((column) => column.name === this.by) + 1;
    const found = new Map();
    for (const row of rows) {
      const key = shown(row[index]);
      found.set(key, (found.get(key) ?? 0) + 1);
    }
    const top = [...found].sort((a, b) => b[1] - a[1]).slice(0, TOP);
    fill(this.counts, h("h3", {}, t("ex_counts", { column: words(this.by) }), h("span", {}, t("ex_distinct", { n: number(found.size) }))),
      h("ol", { class: "names" }, top.map(([value, n]) => {
        const bar = h("span", { class: "bar" });
        setStyle(bar, { "--share": n / top[0][1] });
        return h("li", {}, h("span", { class: "name", title: value }, value), h("span", { class: "track", "aria-hidden": "true" }, bar), h("b", {}, number(n)));
      })), found.size > TOP ? h("p", { class: "note" }, t("others_n", { n: number(found.size - TOP) })) : null);
  }

  csv() {
    const columns = [{ name: "op" }, ...this.columns];
    saveRows(new Rows({ id: this.node.name, columns, rows: this.matching() }), `${this.node.name}.csv`);
  }
}

/** Numbers with six digits that count; all of them stand in the cell's title and in the CSV. */
function brief(value) {
  return typeof value === "number" ? String(Number(value.toPrecision(6))) : shown(value);
}

function shown(value) {
  if (value === null || value === undefined) return "NULL";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
