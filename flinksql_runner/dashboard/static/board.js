// A page of tiles: description first, then events; what the viewer does goes back into the address and the connection.

import { Enlarged } from "./dialog.js";
import { fill, h, icon, setText } from "./dom.js";
import { save, saveRows } from "./download.js";
import { Freshness, staleAfter } from "./freshness.js";
import { boardLinks, head, keepMenu, logo, Pill, toggleFull, viewMenu } from "./header.js";
import { instant } from "./format.js";
import { t } from "./i18n.js";
import { place } from "./layout.js";
import { Parameters } from "./parameters.js";
import { Stream } from "./stream.js";
import { Tile } from "./tile.js";

const EVENTS = ["tile", "same", "tile_error", "status", "choices", "reload"];

/** The page of one board. `source`: {boards, board, snapshot: null or {events, at}}. */
export class Board {
  constructor(root, source, prefs, set) {
    Object.assign(this, { root, prefs, set, boards: source.boards, board: source.board, snapshot: source.snapshot ?? null });
    this.freshness = new Freshness(this.board);
    this.parameters = new Parameters(this.board.parameters ?? [], () => this.connect());
    this.last = new Map();
    this.page = {
      utc: prefs.utc, snapshot: Boolean(this.snapshot), now: () => this.freshness.now(), staleAfter: () => this.freshness.staleAfter,
      follow: (link, rows, row) => this.follow(link, rows, row), linked: (text, link, rows, row) => this.linked(text, link, rows, row),
      isChosen: (link, rows, row) => Object.entries(link).every(([name, column]) => this.parameters.current(name) === String(rows.cell(row, column) ?? "")),
    };
    this.dialog = new Enlarged(this.page, (tile) => this.csv(tile));
    this.stream = new Stream({ event: (name, content) => this.event(name, content), state: (state, why) => this.connection(state, why) }, EVENTS);
    this.build();
    this.onpop = () => {
      this.parameters.read();
      this.parameters.show(true);
      this.connect();
    };
    window.addEventListener("popstate", this.onpop);
    document.addEventListener("fullscreenchange", () => this.fullChanged());
    this.connect();
    this.ticking = setInterval(() => this.tick(), 1_000);
  }

  /** The elements, in the viewer's language; called anew when it changes. */
  build() {
    const { board } = this;
    document.title = `${board.title} · flinksql`;
    for (const tile of this.tiles?.values() ?? []) tile.destroy();
    this.pill = new Pill();
    this.pauseButton = h("button", { type: "button", class: "tool", onclick: () => this.pause() });
    const full = h("button", { type: "button", class: "tool wide-only", title: t("full"), "aria-label": t("full"), onclick: toggleFull }, icon("full"));
    const tools = { open: (tile, tab) => this.dialog.open(tile, tab), csv: (tile) => this.csv(tile) };
    const tiles = (board.tiles ?? []).map((spec) => new Tile(
      { ...spec, options: { ...spec.options }, columns: spec.columns ?? {}, why: why(spec, board) }, this.page, tools));
    this.tiles = new Map(tiles.map((tile) => [tile.spec.id, tile]));
    const main = h("main", { id: "tiles", class: "tiles", tabindex: "-1" }, tiles.map((tile) => tile.element));
    place(main, tiles.map((tile) => tile.element), board.tiles ?? [], this.prefs.wall);
    fill(this.root,
      head([h("div", { class: "name" }, logo(), h("div", {}, h("h1", {}, board.title), board.description ? h("p", {}, board.description) : null)),
        this.pill.element, h("div", { class: "actions" }, boardLinks(this.boards, board.name, this.snapshot), this.snapshot ? null : this.pauseButton, full, viewMenu(this.prefs, this.set))]),
      this.snapshot ? null : this.parameters.bar(), problems(board.problems ?? []), main);
    this.showPause();
    for (const [id, { event, failed }] of this.last) this.redraw(this.tiles.get(id), event, failed);
    this.tick();
  }

  redraw(tile, event, failed) {
    if (event) tile?.show(event);
    if (failed) tile?.fail(failed);
  }

  /** Opens the events for the parameters at hand, which ends a pause; what was shown stays until the new values come. */
  connect() {
    if (this.snapshot) return this.replay();
    if (this.freshness.pausedAt) {
      this.freshness.pausedAt = null;
      this.freshness.connection = "connecting";
      this.showPause();
    }
    this.drawGrids();
    for (const tile of this.tiles.values()) if (tile.spec.type !== "text") tile.element.classList.add("waiting");
    const query = this.parameters.query();
    const path = `/api/boards/${encodeURIComponent(this.board.name)}/events`;
    this.stream.open(query ? `${path}?${query}` : path, this.board.refresh_ms);
    return undefined;
  }

  /** The page's file has changed: its description is fetched anew. Until it is here, and where it can't be had, all stays. */
  async reload() {
    const answer = await fetch(`/api/boards/${encodeURIComponent(this.board.name)}`, { cache: "no-cache" }).catch(() => null);
    if (!answer?.ok) return;
    this.board = await answer.json();
    this.freshness.staleAfter = staleAfter(this.board);
    this.parameters = new Parameters(this.board.parameters ?? [], () => this.connect());
    this.last.clear();
    this.dialog.element.close();
    this.build();
    this.connect();
  }

  replay() {
    this.freshness.snapshotAt = instant(this.snapshot.at);
    for (const [name, content] of this.snapshot.events) this.event(name, content);
    this.tick();
  }

  event(name, content) {
    const tile = this.tiles.get(content.id);
    tile?.element.classList.remove("waiting");
    if (content.at) this.freshness.heard(content.at);
    if (name === "reload") this.reload();
    if (name === "tile" && tile) {
      this.last.set(content.id, { event: content, failed: null });
      tile.show(content);
    } else if (name === "same" && tile) {
      const known = this.last.get(content.id);
      if (known) this.last.set(content.id, { event: { ...known.event, at: content.at, newest: content.newest ?? known.event?.newest }, failed: null });
      tile.same(content);
    } else if (name === "tile_error" && tile) {
      this.last.set(content.id, { event: this.last.get(content.id)?.event ?? null, failed: content });
      tile.fail(content);
    } else if (name === "choices") {
      this.parameters.choices(content.name, content.values);
      this.drawGrids();
    } else if (name === "status") {
      this.freshness.said(content);
      this.connection("open");
    }
  }

  /** Cells show which entity is chosen. */
  drawGrids() {
    for (const tile of this.tiles.values()) if (tile.spec.type === "grid" && tile.rows?.length) tile.refresh();
  }

  connection(state, why) {
    this.freshness.connected(state, why);
    this.tick();
  }

  tick() {
    this.pill.show(this.freshness.judge(this.prefs.utc));
    for (const tile of this.tiles.values()) tile.tick();
  }

  /** Stops or starts the flow of values. */
  pause() {
    if (this.freshness.pausedAt) this.connect();
    else {
      this.freshness.pausedAt = this.freshness.now();
      this.stream.close();
      this.showPause();
    }
    this.tick();
  }

  showPause() {
    const paused = Boolean(this.freshness.pausedAt);
    fill(this.pauseButton, icon(paused ? "play" : "pause"));
    this.pauseButton.setAttribute("aria-label", t(paused ? "resume" : "pause"));
    this.pauseButton.title = t(paused ? "resume" : "pause");
  }

  fullChanged() {
    const button = this.root.querySelector(".menu .row button:last-child");
    if (button) setText(button, t(document.fullscreenElement ? "full_off" : "full"));
  }

  /** After theme, zone, language or wall mode changed. */
  preferences(prefs, isNewLanguage) {
    this.prefs = prefs;
    this.page.utc = prefs.utc;
    const open = this.dialog.element.open;
    if (isNewLanguage) keepMenu(this.root, () => this.build());
    else {
      for (const tile of this.tiles.values()) {
        if (tile.rows?.length) tile.refresh();
        tile.view.recolour?.();
      }
      this.tick();
    }
    if (open) this.dialog.again();
  }

  /** Sets the parameters that a link names, to the values of its row. */
  follow(link, rows, row) {
    const values = Object.fromEntries(Object.entries(link).map(([name, column]) => [name, rows.cell(row, column)]));
    this.parameters.set(values);
  }

  /** Text, or a button that follows its link. */
  linked(text, link, rows, row) {
    const names = Object.keys(link ?? {}).filter((name) => this.parameters.has(name));
    if (!names.length || this.snapshot) return text;
    return h("button", { type: "button", class: "link", title: t("choose", { value: text }), onclick: () => this.follow(link, rows, row) }, text);
  }

  csv(tile) {
    const name = `${this.board.name}-${tile.spec.id}.csv`;
    const connected = !this.snapshot && this.freshness.connection === "open" && this.freshness.status?.database !== "down";
    const query = this.parameters.query();
    if (connected) save(`/api/boards/${encodeURIComponent(this.board.name)}/tiles/${encodeURIComponent(tile.spec.id)}.csv${query ? `?${query}` : ""}`, name);
    else if (tile.rows) saveRows(tile.rows, name);
  }
}

/** What is wrong with a tile's place in the file: of the problems from its line on, the nearest. */
function why(spec, board) {
  if (!spec.broken) return null;
  const below = (board.tiles ?? []).map((one) => one.line).filter((line) => line > spec.line);
  const near = (board.problems ?? []).filter((one) => one.line >= spec.line && one.line < Math.min(...below, Infinity));
  return near[0]?.message ?? null;
}

function problems(found) {
  if (!found.length) return null;
  const place = (one) => (one.file ? `${one.file}${one.line ? `:${one.line}` : ""}` : "");
  return h("details", { class: "problems" }, h("summary", {}, t("problems_n", { n: found.length })),
    h("ul", {}, found.map((one) => h("li", {}, h("code", {}, `${one.code ?? ""} ${place(one)}`.trim()), " ", one.message ?? String(one)))));
}
