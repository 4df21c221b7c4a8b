// The newest events: what, where, how long ago.

import { fill, h, setText } from "../dom.js";
import { age, cell, instant, time } from "../format.js";
import { t } from "../i18n.js";
import { classifier, mark } from "../states.js";

const MOST = 100;

/** A list of events, the newest first as the query gives them. */
export function createFeed(spec, page) {
  const list = h("ol", { class: "feed" });
  const note = h("p", { class: "note", hidden: true });
  const element = h("div", { class: "tablebox" }, h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": spec.title }, list), note);
  let known = null;
  let count = 0;
  let first = "";

  function update(rows) {
    const names = columns(rows, spec.options);
    const classify = classifier(spec.thresholds ?? spec.columns?.[names.state]?.thresholds, { unknown: t("unknown"), yes: t("yes"), no: t("no") });
    const fresh = rows.rows.slice(0, MOST).map((_, row) => item(rows, row, names, names.state ? classify(rows.cell(row, names.state)) : null));
    const keys = new Set(fresh.map((one) => one.dataset.key));
    if (known) for (const one of fresh) one.classList.toggle("new", !known.has(one.dataset.key));
    known = keys;
    count = rows.length;
    first = fresh[0]?.querySelector(".what")?.textContent ?? "";
    fill(list, fresh);
    note.hidden = rows.length <= MOST && !rows.more;
    setText(note, note.hidden ? "" : t("others_n", { n: rows.length - MOST }));
    tick();
  }

  function item(rows, row, names, state) {
    const text = (name) => (name ? cell(rows.cell(row, name), rows.kind(name), { decimals: spec.columns?.[name]?.decimals ?? null, unit: spec.columns?.[name]?.unit, utc: page.utc, nan: rows.isNan(row, name) }) : "");
    const at = names.time ? instant(rows.cell(row, names.time)) : null;
    const body = names.body.map((name) => h("span", {}, h("span", { class: "label" }, spec.columns?.[name]?.label ?? ""), text(name)));
    const own = spec.columns?.[names.title]?.link;
    const link = own && Object.keys(own).length ? own : spec.options.link ?? null;
    const when = at === null ? null : h("time", { datetime: new Date(at).toISOString(), title: time(at, { utc: page.utc, date: "always" }), "data-at": at });
    return h("li", { class: state?.colour ?? "", "data-key": `${text(names.title)}|${at}|${body.length ? text(names.body[0]) : ""}` },
      state ? h("span", { class: "sign" }, mark(state.colour)) : null,
      h("div", {}, h("p", { class: "what" }, page.linked(text(names.title), link, rows, row), state?.word ? h("span", { class: `tag ${state.colour}` }, state.word) : null),
        body.length ? h("p", { class: "more" }, body) : null), when);
  }

  function tick() {
    for (const when of list.querySelectorAll("time")) setText(when, t("ago", { age: age(page.now() - Number(when.dataset.at)) }));
  }
  return { element, update, tick, summary: () => (count ? `${t("rows_n", { n: count })}: ${first}` : "") };
}

function columns(rows, options) {
  const time = options.time ?? rows.first("time");
  const title = options.headline ?? rows.first("text") ?? rows.columns[0]?.name;
  const named = options.body === null || options.body === undefined ? [] : [options.body].flat();
  return { time, title, state: options.state ?? null, body: named.filter((name) => rows.has(name)) };
}
