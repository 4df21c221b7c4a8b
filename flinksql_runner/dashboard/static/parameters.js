// The parameters of a page: controls, and their values in the address, so that a link shows what its sender saw.

import { fill, h } from "./dom.js";
import { t } from "./i18n.js";

const RANGES = ["5min", "15min", "1h", "6h", "24h", "7d"];
const LONG_LIST = 200;
const TYPING_MS = 400;

/** Values and controls; `changed()` is called when the viewer chose another value. */
export class Parameters {
  constructor(specs, changed) {
    this.specs = specs;
    this.changed = changed;
    this.controls = new Map();
    this.read();
  }

  /** Takes the values of the address, else the defaults. */
  read() {
    const given = new URLSearchParams(location.search);
    this.values = new Map(this.specs.map((spec) => [spec.name, given.get(spec.name) ?? this.initial(spec)]));
  }

  /** The default; null where it is the first of the choices, which the server finds. */
  initial(spec) {
    return spec.default === undefined || spec.default === null ? null : String(spec.default);
  }

  /** What a control shows. */
  shown(spec) {
    return this.values.get(spec.name) ?? (spec.values?.length ? String(spec.values[0]) : "");
  }

  /** The query string without `?`; values not known yet (the first of a list that comes later) are the server's to fill in. */
  query() {
    const search = new URLSearchParams();
    for (const [name, value] of this.values) if (value !== null && value !== "") search.set(name, value);
    return search.toString();
  }

  /** The value at hand of a parameter, as text. */
  current(name) {
    const spec = this.specs.find((one) => one.name === name);
    return spec ? this.shown(spec) : null;
  }

  has(name) {
    return this.values.has(name);
  }

  /** Sets one or several, shows it in the address and in the controls. */
  set(values) {
    const fresh = Object.entries(values).filter(([name, value]) => this.values.has(name) && this.values.get(name) !== String(value ?? ""));
    if (!fresh.length) return;
    for (const [name, value] of fresh) this.values.set(name, String(value ?? ""));
    const query = this.query();
    history.pushState(null, "", `${location.pathname}${query ? `?${query}` : ""}${location.hash}`);
    this.show();
    this.changed();
  }

  /** The server's values of a choice. */
  choices(name, values) {
    const spec = this.specs.find((one) => one.name === name);
    if (!spec) return;
    const same = JSON.stringify(spec.values ?? []) === JSON.stringify(values);
    spec.values = values;
    if (!same || this.controls.get(name)?.value !== this.shown(spec)) this.show();
  }

  /** All controls, as one bar; null where the page has no parameter. */
  bar() {
    if (!this.specs.length) return null;
    const fields = this.specs.map((spec) => h("div", { class: "field" },
      h("label", { for: `p-${spec.name}` }, spec.label ?? spec.name), this.control(spec)));
    this.show();
    return h("form", { class: "parameters", "aria-label": t("filters"), onsubmit: (event) => event.preventDefault() }, fields);
  }

  control(spec) {
    const long = spec.type === "choice" && (spec.values?.length ?? 0) > LONG_LIST;
    let timer = null;
    const typed = (event) => {
      clearTimeout(timer);
      timer = setTimeout(() => this.set({ [spec.name]: event.target.value }), TYPING_MS);
    };
    const picked = (event) => this.set({ [spec.name]: event.target.value });
    const id = `p-${spec.name}`;
    let element;
    if (spec.type === "text") element = h("input", { id, type: "search", autocomplete: "off", spellcheck: "false", oninput: typed });
    else if (long) element = h("input", { id, type: "search", list: `${id}-list`, autocomplete: "off", onchange: picked });
    else element = h("select", { id, onchange: picked });
    this.controls.set(spec.name, element);
    return long ? [element, h("datalist", { id: `${id}-list` })] : element;
  }

  /** Brings the controls to the values; a text that is being typed is left alone, unless `also` that. */
  show(alsoTyped = false) {
    for (const spec of this.specs) {
      const element = this.controls.get(spec.name);
      if (!element) continue;
      const value = this.shown(spec);
      if (spec.type === "choice" && element.tagName === "SELECT" && (spec.values?.length ?? 0) > LONG_LIST) {
        element.parentNode.replaceChildren(element.parentNode.firstChild, ...[this.control(spec)].flat());
        return this.show();
      }
      if (element.tagName === "SELECT") this.options(element, spec, value);
      else if (element.list) fill(element.list, (spec.values ?? []).map((one) => h("option", { value: String(one) })));
      if (alsoTyped || document.activeElement !== element || element.tagName === "SELECT") element.value = value;
    }
    return undefined;
  }

  options(element, spec, value) {
    const listed = (spec.values?.length ? spec.values : spec.type === "time_range" ? RANGES : []).map(String);
    const all = value === "" || listed.includes(value) ? listed : [value, ...listed];
    const entries = all.map((one) => [one, spec.type === "time_range" ? rangeText(one) : one]);
    if ([...element.options].map((one) => one.value + one.text).join("\n") === entries.map(([one, text]) => one + text).join("\n")) return;
    fill(element, entries.map(([one, text]) => h("option", { value: one }, text)));
  }
}

/** `15 min` in the viewer's language. */
export function rangeText(range) {
  const found = /^\s*(\d+(?:\.\d+)?)\s*(min|m|h|d)\w*\s*$/.exec(range);
  if (!found) return range;
  const key = { min: "range_min", m: "range_min", h: "range_h", d: "range_d" }[found[2]];
  return t(key, { n: found[1] });
}
