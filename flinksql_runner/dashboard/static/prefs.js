// How this viewer wants to see pages: kept in the browser, and settable in the address behind `#` for screens without a
// keyboard (`/d/fleet#wall&dark&utc&zh`).

const KEY = "flinksql.view";
const DEFAULTS = { theme: "auto", language: null, utc: false, wall: false };
const FLAGS = {
  wall: { wall: true }, dark: { theme: "dark" }, light: { theme: "light" }, utc: { utc: true }, local: { utc: false },
  en: { language: "en" }, zh: { language: "zh" },
};

/** The preferences: what the address says, before what was kept, before the defaults. */
export function readPrefs() {
  const prefs = { ...DEFAULTS };
  try {
    Object.assign(prefs, JSON.parse(localStorage.getItem(KEY) ?? "{}"));
  } catch {
    // a browser that keeps nothing, or kept something else: the defaults do
  }
  for (const word of location.hash.slice(1).split("&")) Object.assign(prefs, FLAGS[word] ?? {});
  prefs.language ??= navigator.languages?.find((tag) => /^(en|zh)/.test(tag))?.slice(0, 2) ?? "en";
  return prefs;
}

/** Keeps them for the next page. */
export function keepPrefs(prefs) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ theme: prefs.theme, language: prefs.language, utc: prefs.utc }));
  } catch {
    // nothing is lost but the habit
  }
}

/** Applies colours and wall mode to the document. */
export function applyPrefs(prefs) {
  const root = document.documentElement;
  const dark = prefs.theme === "dark" || (prefs.theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "dark" : "light";
  root.classList.toggle("wall", prefs.wall);
}
