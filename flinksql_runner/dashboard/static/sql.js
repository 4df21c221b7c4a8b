// SQL with its words, strings, numbers and comments set apart.

import { h } from "./dom.js";

const TOKEN = /(--[^\n]*|\/\*[\s\S]*?\*\/)|('(?:[^']|'')*')|("(?:[^"]|"")*"|`[^`]*`)|(:[a-z_]\w*|%\(\w+\)s)|\b(\d+(?:\.\d+)?)\b|([A-Za-z_]\w*)/g;
const WORDS = new Set(`select from where group by order having limit offset and or not in is null as on join left right full inner outer cross
  lateral union all distinct case when then else end with between like ilike interval cast over partition rows range filter exists asc desc
  true false count sum avg min max extract epoch now using values coalesce date_trunc`.split(/\s+/));

/** Parts of the text: strings and elements. */
export function highlighted(text) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(TOKEN)) {
    const kind = found[1] ? "comment" : found[2] ? "string" : found[3] ? "name" : found[4] ? "marker" : found[5] ? "figure"
      : WORDS.has(found[6].toLowerCase()) ? "word" : null;
    if (!kind) continue;
    parts.push(text.slice(from, found.index), h("span", { class: `sql-${kind}` }, found[0]));
    from = found.index + found[0].length;
  }
  return [...parts, text.slice(from)].filter((part) => part !== "");
}
