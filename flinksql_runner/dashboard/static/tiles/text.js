// Text in a small part of Markdown: headings, lists, bold, italic, code, links. HTML in it stays text.

import { h } from "../dom.js";

/** The tile of a text; it has no rows. */
export function createText(spec) {
  const element = h("div", { class: "prose scroll", tabindex: "0", role: "group", "aria-label": spec.title || "text" }, blocks(spec.options.text ?? ""));
  return { element, update: () => {}, summary: () => "" };
}

/** The paragraphs of a text as elements. */
export function blocks(text) {
  const made = [];
  let list = null;
  for (const raw of String(text).split(/\n/)) {
    const line = raw.trimEnd();
    const item = /^\s*(?:([-*])|\d+[.)])\s+(.*)$/.exec(line);
    const heading = /^(#{1,4})\s+(.*)$/.exec(line);
    if (item) {
      const tag = item[1] ? "ul" : "ol";
      if (list?.localName !== tag) made.push((list = h(tag)));
      list.append(h("li", {}, spans(item[2])));
      continue;
    }
    list = null;
    if (heading) made.push(h(`h${heading[1].length + 2 > 6 ? 6 : heading[1].length + 2}`, {}, spans(heading[2])));
    else if (!line.trim()) made.push(null);
    else if (made.at(-1)?.localName === "p") made.at(-1).append(" ", ...spans(line));
    else made.push(h("p", {}, spans(line)));
  }
  return made.filter(Boolean);
}

const SPAN = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\(([^)\s]+)\)/g;

function spans(text) {
  const made = [];
  let from = 0;
  for (const found of text.matchAll(SPAN)) {
    made.push(text.slice(from, found.index));
    from = found.index + found[0].length;
    const [, code, bold, italic, label, address] = found;
    if (code) made.push(h("code", {}, code));
    else if (bold) made.push(h("strong", {}, bold));
    else if (italic) made.push(h("em", {}, italic));
    else made.push(safe(address) ? h("a", { href: address, rel: "noopener noreferrer" }, label) : found[0]);
  }
  return [...made, text.slice(from)].filter((part) => part !== "");
}

function safe(address) {
  return /^(https?:\/\/|\/(?!\/)|#|\?)/.test(address);
}
