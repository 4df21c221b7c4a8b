// The frame of a tile: title, state, tools, and the one place where what goes wrong with it shows.

import { fill, h, icon, setText } from "./dom.js";
import { age, instant, time } from "./format.js";
import { t } from "./i18n.js";
import { Rows } from "./rows.js";
import { KINDS } from "./tiles/kinds.js";

const QUIET_MS = 30_000;
const BLANK_IS_FINE = new Set(["text"]);

/** One tile of the page. */
export class Tile {
  constructor(spec, page, tools) {
    this.spec = spec;
    this.page = page;
    this.rows = null;
    this.problem = null;
    this.listeners = new Set();
    const id = `tile-${spec.id}`;
    this.body = h("div", { class: "body" });
    this.message = h("div", { class: "message", hidden: true });
    this.freshness = h("p", { class: "age" });
    const tool = (name, label, act) => h("button", { type: "button", class: "tool", title: t(label), "aria-label": `${t(label)}: ${spec.title ?? ""}`, onclick: act }, icon(name));
    const withData = spec.type !== "text";
    this.element = h("article", { class: `tile ${spec.type}-tile loading`, id, "aria-labelledby": `${id}-title` },
      h("header", { class: spec.title ? "" : "bare" }, h("h2", { id: `${id}-title`, title: spec.title }, spec.title ?? ""), this.freshness,
        withData ? h("div", { class: "tools" }, tool("code", "sql", () => tools.open(this, "sql")), tool("download", "csv", () => tools.csv(this)),
          tool("enlarge", "enlarge", () => tools.open(this, "chart"))) : null),
      this.body, this.message);
    this.view = this.make(this.body);
    if (!withData) this.show({ columns: [], rows: [[]] });
    if (spec.broken) this.fail({ kind: "file", message: spec.why ?? "" });
  }

  /** A drawing of this tile in `box`; several may stand side by side (the enlarged one). */
  make(box) {
    const view = (KINDS[this.spec.type] ?? KINDS.table).create(this.spec, this.page);
    fill(box, view.element);
    return view;
  }

  /** New rows. */
  show(event) {
    this.rows = new Rows(event);
    if (event.options) Object.assign(this.spec.options, event.options);
    this.problem = null;
    this.refresh();
  }

  /** The same rows, asked anew. */
  same(event) {
    if (!this.rows) return;
    this.rows.at = event.at;
    this.rows.newest = event.newest ?? this.rows.newest;
    if (this.problem) {
      this.problem = null;
      this.refresh();
    }
    this.tick();
  }

  /** The query failed: the last values stay, visibly old. */
  fail(problem) {
    this.problem = problem;
    this.refresh();
  }

  /** Draws what is known. A drawing that fails takes no other tile with it. */
  refresh() {
    const empty = this.rows !== null && this.rows.length === 0 && !BLANK_IS_FINE.has(this.spec.type);
    this.element.classList.toggle("loading", this.rows === null && !this.problem);
    this.element.classList.toggle("failed", Boolean(this.problem));
    this.element.classList.toggle("empty", empty);
    try {
      if (this.rows && !empty) Promise.resolve(this.view.update(this.rows)).catch((problem) => this.broken(problem));
      for (const listener of this.listeners) listener();
    } catch (problem) {
      this.broken(problem);
    }
    this.say(empty);
    this.tick();
  }

  broken(problem) {
    this.problem = { kind: "page", message: String(problem?.message ?? problem), at: null };
    this.element.classList.add("failed");
    this.say(false);
  }

  say(empty) {
    this.message.hidden = !this.problem && !empty;
    if (this.message.hidden) return fill(this.message);
    if (!this.problem) return fill(this.message, h("p", { class: "none" }, this.spec.empty || t("no_rows")));
    const { kind, message, since } = this.problem;
    const clock = { utc: this.page.utc, now: this.page.now() };
    const began = instant(since ?? null);
    return fill(this.message, h("p", { class: "what" }, t(`error_${kind}`), began === null ? null : h("span", {}, ` ${t("error_since", { since: time(began, clock) })}`)),
      message ? h("p", { class: "why" }, message) : null,
      this.rows?.at ? h("p", { class: "old" }, t("shown_old", { time: time(instant(this.rows.at), clock) })) : null);
  }

  /** A second went by. */
  tick() {
    if (this.spec.type === "text") return;
    const newest = instant(this.rows?.newest ?? null);
    const now = this.page.now();
    setText(this.freshness, newest === null || (this.rows?.length ?? 0) === 0 ? "" : age(now - newest));
    this.freshness.title = newest === null ? "" : `${t("old", { age: age(now - newest) })} (${time(newest, { utc: this.page.utc, now })})`;
    // a table of faults may rightly have had no new row for hours; a query that was not answered for long is another matter
    const asked = instant(this.rows?.at ?? null);
    const isOld = asked !== null && now - asked > Math.max(QUIET_MS, 4 * (this.spec.refresh_ms ?? 0));
    this.element.classList.toggle("old", isOld);
    if (isOld) setText(this.freshness, t("old", { age: age(now - asked) }));
    this.view.tick?.();
  }

  destroy() {
    this.view.destroy?.();
  }
}
