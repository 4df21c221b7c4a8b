// Where the page begins: what this viewer prefers, what this address shows.

import { Board } from "./board.js";
import { fill, h } from "./dom.js";
import { boardLinks, head, logo, viewMenu } from "./header.js";
import { speak, t } from "./i18n.js";
import { applyPrefs, keepPrefs, readPrefs } from "./prefs.js";

const root = document.getElementById("page");
let prefs = readPrefs();
let shown = null;
speak(prefs.language);
applyPrefs(prefs);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => set({}));

/** Changes preferences, keeps them, and lets the page at hand follow. */
function set(changes) {
  const language = prefs.language;
  prefs = { ...prefs, ...changes };
  keepPrefs(prefs);
  speak(prefs.language);
  applyPrefs(prefs);
  shown?.preferences(prefs, language !== prefs.language || "wall" in changes);
}

async function get(address) {
  const answer = await fetch(address, { headers: { accept: "application/json" } });
  if (!answer.ok) throw Object.assign(new Error(`${answer.status} ${answer.statusText}`.trim()), { status: answer.status });
  return answer.json();
}

async function start() {
  const inlined = document.getElementById("snapshot");
  if (inlined) {
    const data = JSON.parse(inlined.textContent);
    shown = new Board(root, { boards: data.boards?.boards ?? [], board: data.board, snapshot: data }, prefs, set);
    return;
  }
  const named = /^\/d\/([^/]+)\/?$/.exec(location.pathname);
  const listing = get("/api/boards");
  const early = named ? get(`/api/boards/${named[1]}`) : null;
  early?.catch(() => {});
  const { boards } = await listing;
  if (location.pathname.startsWith("/explore")) {
    const { Explorer } = await import("./explore.js");
    shown = new Explorer(root, { boards }, prefs, set);
  } else if (named || boards.length === 1) {
    const name = named ? decodeURIComponent(named[1]) : boards[0].name;
    shown = new Board(root, { boards, board: await (early ?? get(`/api/boards/${encodeURIComponent(name)}`)) }, prefs, set);
  } else shown = new Listing(boards);
}

/** The pages of a project that has several, or none. */
class Listing {
  constructor(boards) {
    this.boards = boards;
    this.preferences();
  }

  preferences() {
    document.title = "flinksql";
    fill(root, head([h("div", { class: "name" }, logo(), h("div", {}, h("h1", {}, "flinksql"))), h("div", { class: "actions" }, boardLinks([], "", null), viewMenu(prefs, set))]),
      h("main", { id: "tiles", class: "listing", tabindex: "-1" }, this.boards.length ? this.boards.map((board) => h("a", { class: "card", href: `/d/${encodeURIComponent(board.name)}` },
        h("b", {}, board.title), h("span", {}, board.description ?? ""))) : h("p", { class: "none" }, t("no_boards"))));
  }
}

/** A page that can't begin says why and tries again. */
function failed(problem) {
  const name = decodeURIComponent(location.pathname.split("/")[2] ?? "");
  const say = problem.status === 404 ? t("board_gone", { name }) : problem.status === 401 || problem.status === 403 ? t("denied") : t("load_failed", { why: problem.message });
  fill(root, h("main", { class: "listing" }, h("h1", { class: "unseen" }, "flinksql"), h("p", { class: "none", role: "alert" }, say), h("p", {}, h("a", { href: "/" }, t("boards")))));
  if (!problem.status || problem.status >= 500) setTimeout(() => start().catch(failed), 2_000);
}

start().catch(failed);
