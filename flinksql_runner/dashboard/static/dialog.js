// A tile enlarged: its picture, its rows, its SQL with the node that fills it.

import { fill, h, icon, setText } from "./dom.js";
import { instant, time } from "./format.js";
import { t } from "./i18n.js";
import { highlighted } from "./sql.js";
import { createTable } from "./tiles/table.js";

const TABS = ["chart", "data", "sql"];
const MOST_ROWS = 2_000;

/** The one dialog of the page. */
export class Enlarged {
  constructor(page, csv) {
    this.page = page;
    this.csv = csv;
    this.element = h("dialog", { class: "enlarged", "aria-labelledby": "enlarged-title", onclose: () => this.closed(),
      onclick: (event) => event.target === this.element && this.element.close() });
    document.body.append(this.element);
  }

  /** Opens a tile on a tab: chart, data or sql. */
  open(tile, tab) {
    this.tile = tile;
    this.opener = document.activeElement;
    this.tabs = TABS.map((name) => h("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "enlarged-body",
      onclick: () => this.turn(name), onkeydown: (event) => this.walk(event) }, t(name)));
    this.body = h("div", { class: "body", role: "tabpanel", id: "enlarged-body" });
    this.foot = h("p", { class: "foot" });
    fill(this.element, h("div", { class: "sheet" },
      h("header", {}, h("h2", { id: "enlarged-title" }, tile.spec.title), h("div", { role: "tablist", "aria-label": tile.spec.title }, this.tabs),
        h("div", { class: "tools" },
          h("button", { type: "button", class: "tool", title: t("csv"), "aria-label": t("csv"), onclick: () => this.csv(tile) }, icon("download")),
          h("button", { type: "button", class: "tool", title: t("close"), "aria-label": t("close"), onclick: () => this.element.close() }, icon("close")))),
      this.body, this.foot));
    this.element.showModal();
    this.listener = () => this.update();
    tile.listeners.add(this.listener);
    this.turn(tab);
  }

  walk(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const next = TABS[(TABS.indexOf(this.tab) + step + TABS.length) % TABS.length];
    this.turn(next);
    this.tabs[TABS.indexOf(next)].focus();
  }

  turn(tab) {
    this.tab = tab;
    this.view?.destroy?.();
    this.view = null;
    this.tabs.forEach((button, index) => {
      button.setAttribute("aria-selected", String(TABS[index] === tab));
      button.tabIndex = TABS[index] === tab ? 0 : -1;
    });
    this.body.setAttribute("aria-labelledby", `tab-${tab}`);
    this.body.className = `body ${tab}`;
    if (tab === "sql") fill(this.body, sqlPanel(this.tile.spec, this.page));
    else if (tab === "data") fill(this.body, (this.view = createTable(this.tile.spec, this.page, MOST_ROWS)).element);
    else {
      const box = h("div", { class: `tile ${this.tile.spec.type}-tile` });
      fill(this.body, box);
      this.view = this.tile.make(box);
    }
    this.update();
  }

  update() {
    const { rows, problem } = this.tile;
    if (rows && this.view) this.view.update(rows);
    const parts = rows ? [rows.length === 1 ? t("row_1") : t("rows_n", { n: rows.length }),
      rows.took === null ? null : t("took", { ms: Math.round(rows.took) }), rows.at ? time(instant(rows.at), { utc: this.page.utc, now: this.page.now() }) : null] : [];
    setText(this.foot, problem ? problem.message : parts.filter(Boolean).join(" · "));
  }

  /** After zone, language or colours changed. */
  again() {
    if (this.element.open) this.turn(this.tab);
  }

  closed() {
    this.view?.destroy?.();
    this.view = null;
    this.tile?.listeners.delete(this.listener);
    this.opener?.focus?.();
    fill(this.element);
  }
}

function sqlPanel(spec, page) {
  const copy = h("button", { type: "button", class: "quiet" }, t("copy"));
  copy.addEventListener("click", async () => {
    await navigator.clipboard?.writeText(spec.sql ?? "");
    setText(copy, t("copied"));
  });
  const node = (name, last) => h("li", { class: last ? "sink" : "" }, page.snapshot ? name : h("a", { href: `/explore?node=${encodeURIComponent(name)}` }, name));
  const feeds = (spec.feeds ?? []).filter((name) => name !== spec.node);
  return [
    spec.node ? h("section", {}, h("h3", {}, t("filled_by")), h("ol", { class: "chain" }, feeds.map((name) => node(name, false)), node(spec.node, true))) : null,
    spec.file ? h("section", {}, h("h3", {}, t("query_at")), h("p", {}, h("code", {}, `${spec.file}${spec.line ? `:${spec.line}` : ""}`))) : null,
    h("section", { class: "query" }, h("h3", {}, "SQL ", copy), h("pre", { tabindex: "0" }, h("code", {}, highlighted(spec.sql ?? "")))),
  ];
}
