// The head of a page: its name, how fresh it is, and how it is looked at.

import { fill, h, icon, setText, svg } from "./dom.js";
import { zoneName } from "./format.js";
import { LANGUAGES, t } from "./i18n.js";

const SIGNS = {
  live: "M8 3a5 5 0 110 10A5 5 0 018 3z", stale: "M8 1.6l7 12.6H1z",
  disconnected: "M3.8 2.4L8 6.6l4.2-4.2 1.4 1.4L9.4 8l4.2 4.2-1.4 1.4L8 9.4l-4.2 4.2-1.4-1.4L6.6 8 2.4 3.8z",
  paused: "M4 2.5h3v11H4zM9 2.5h3v11H9z", connecting: "M8 2a6 6 0 016 6h-2a4 4 0 00-4-4z",
  snapshot: "M5.5 3l-1 1.5H2v9h12v-9h-2.5l-1-1.5zM8 6a2.5 2.5 0 110 5 2.5 2.5 0 010-5z",
};

/** The pill that says how fresh the page is: colour, shape, word and sentence. */
export class Pill {
  constructor() {
    this.sign = svg("path", {});
    this.word = h("b");
    this.say = h("span", { class: "say" });
    // only the word is spoken when it changes; the seconds in the sentence would never let a screen reader rest
    this.element = h("div", { class: "pill" }, svg("svg", { viewBox: "0 0 16 16", class: "sign", "aria-hidden": "true" }, this.sign),
      h("span", { role: "status", "aria-label": t("tile_status") }, this.word), this.say);
  }

  show({ kind, say }) {
    this.element.dataset.kind = kind;
    document.documentElement.dataset.fresh = kind;
    this.sign.setAttribute("d", SIGNS[kind]);
    setText(this.word, t(kind));
    setText(this.say, say);
    this.element.title = say;
  }
}

/** The mark of the product. */
export function logo() {
  return svg("svg", { class: "logo", viewBox: "0 0 24 24", "aria-hidden": "true" },
    svg("path", { d: "M2 7c4-5 7 4 11 0s6-1 9-2v4c-3 1-6-1-9 2s-7-5-11 0z" }), svg("path", { d: "M2 15c4-5 7 4 11 0s6-1 9-2v4c-3 1-6-1-9 2s-7-5-11 0z", class: "second" }));
}

/** The menu of how pages are looked at. `prefs` are read, `set(changes)` is called. */
export function viewMenu(prefs, set) {
  const choice = (label, name, options) => h("fieldset", {}, h("legend", {}, label), h("div", { class: "segments" },
    Object.entries(options).map(([value, text]) => h("label", {}, h("input", { type: "radio", name: `view-${name}`, value, checked: String(prefs[name]) === value,
      onchange: () => set({ [name]: value === "true" ? true : value === "false" ? false : value }) }), h("span", {}, text)))));
  const wall = h("button", { type: "button", class: "quiet", onclick: () => set({ wall: !prefs.wall }) }, t(prefs.wall ? "wall_off" : "wall"));
  const full = h("button", { type: "button", class: "quiet", onclick: toggleFull }, t(document.fullscreenElement ? "full_off" : "full"));
  const sheet = h("div", { class: "sheet" },
    choice(t("theme"), "theme", { auto: t("theme_auto"), dark: t("theme_dark"), light: t("theme_light") }),
    choice(t("zone"), "utc", { false: t("zone_local", { zone: zoneName(false) }), true: t("zone_utc") }),
    choice(t("language"), "language", LANGUAGES), h("div", { class: "row" }, wall, full));
  const menu = h("details", { class: "menu" }, h("summary", { title: t("menu"), "aria-label": t("menu") }, icon("menu")), sheet);
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.firstElementChild.focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
  document.addEventListener("pointerdown", (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
  return menu;
}

/** Builds a page anew; the menu stays open, with the focus where it was. */
export function keepMenu(root, build) {
  const { name, value } = document.activeElement ?? {};
  const wasOpen = root.querySelector(".menu")?.open;
  build();
  const menu = root.querySelector(".menu");
  if (!wasOpen || !menu) return;
  menu.open = true;
  [...menu.querySelectorAll("input")].find((input) => input.name === name && input.value === value)?.focus();
}

/** Fills or leaves the screen. */
export async function toggleFull() {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await document.documentElement.requestFullscreen?.();
}

/** Pages of the project, as links; the one at hand is marked. */
export function boardLinks(boards, current, snapshot) {
  const link = (href, text, isHere) => h("a", { href, "aria-current": isHere ? "page" : null }, text);
  if (snapshot) return null;
  return h("nav", { class: "boards", "aria-label": t("boards") },
    boards.length > 1 ? boards.map((board) => link(`/d/${encodeURIComponent(board.name)}`, board.title, board.name === current)) : null,
    link("/explore", t("explore"), current === null));
}

/** The whole head. */
export function head(parts) {
  const element = h("header", { class: "top" });
  fill(element, h("a", { class: "skip", href: "#tiles" }, t("skip")), parts);
  return element;
}
