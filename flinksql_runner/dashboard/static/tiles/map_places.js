// What the map shows, out of a tile's rows: countries with a value, or points with a size and a state.

import { countryLetters, countryNumber } from "../countries.js";
import { cell, number, withUnit } from "../format.js";
import { locale, t } from "../i18n.js";
import { classifier, judge } from "../states.js";

function settings(spec, name) {
  const column = spec.columns?.[name] ?? {};
  return { decimals: column.decimals ?? spec.decimals ?? null, unit: column.unit ?? spec.unit ?? "", thresholds: column.thresholds ?? spec.thresholds };
}

/** Rows as countries of the map, the largest value first. Codes that no border has are left out. */
export function countries(rows, spec, world) {
  const value = spec.options.value ?? rows.first("number");
  const shown = settings(spec, value);
  const names = new Intl.DisplayNames([locale()], { type: "region" });
  return rows.rows.map((_, row) => {
    const code = countryNumber(rows.cell(row, spec.options.country), world.byName);
    const shape = code && world.shapes.get(code);
    if (!shape) return null;
    const amount = rows.isNan(row, value) ? null : rows.cell(row, value);
    const letters = countryLetters(code);
    return {
      row, code, shape, x: shape.middle[0], y: shape.middle[1], weight: Number(amount ?? 0), amount,
      name: letters ? names.of(letters) : shape.name, text: amount === null ? "–" : withUnit(number(amount, shown.decimals), shown.unit),
      state: judge(amount, shown.thresholds),
    };
  }).filter(Boolean).sort((a, b) => b.weight - a.weight);
}

/** Rows as points, those that ask for attention first, then the largest. Rows without a place on Earth are left out. */
export function points(rows, spec, page, world) {
  const { latitude, longitude, size, state, label } = spec.options;
  const of = state ? settings(spec, state) : settings(spec, size);
  const classify = state ? classifier(of.thresholds, { unknown: t("unknown"), yes: t("yes"), no: t("no") }) : () => null;
  const title = label ?? rows.first("text");
  return rows.rows.map((_, row) => {
    const [lat, lon] = [rows.cell(row, latitude), rows.cell(row, longitude)];
    if (lat === null || lon === null || !(Math.abs(lat) <= 90) || !(Math.abs(lon) <= 180)) return null;
    const [x, y] = world.project(Number(lon), Number(lat));
    const amount = size ? rows.cell(row, size) : null;
    const shown = size ? settings(spec, size) : null;
    return {
      row, x, y, weight: amount === null ? 1 : Math.max(0, Number(amount)), sized: amount !== null,
      name: title ? cell(rows.cell(row, title), rows.kind(title), { utc: page.utc }) : `${number(lat, 2)}, ${number(lon, 2)}`,
      text: amount === null ? "" : withUnit(number(amount, shown.decimals), shown.unit), state: classify(state ? rows.cell(row, state) : null),
    };
  }).filter(Boolean).sort((a, b) => (b.state?.rank ?? 0) - (a.state?.rank ?? 0) || b.weight - a.weight);
}
