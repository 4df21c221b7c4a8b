// Numbers, times and ages as text, in the viewer's language and zone.

import { locale, t } from "./i18n.js";

const MS = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const formats = new Map();

function cached(kind, options, make) {
  const key = `${kind}|${locale()}|${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, make());
  return formats.get(key);
}

/** How many digits behind the point a number gets without being told: whole ones none, small ones enough to differ from 0. */
function digits(value) {
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 1000) return 0;
  if (size >= 100) return 1;
  if (size >= 1) return 2;
  return size === 0 ? 0 : Math.min(6, 2 - Math.floor(Math.log10(size)));
}

/** A number with grouped digits; `decimals` null chooses. Numbers of text (decimals too long for a double) stay exact. */
export function number(value, decimals = null) {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "string" && (Number.isNaN(Number(value)) || value.length > 17)) return value;
  const amount = Number(value);
  if (!Number.isFinite(amount)) return Number.isNaN(amount) ? "NaN" : amount > 0 ? "∞" : "−∞";
  const places = decimals ?? digits(amount);
  const options = { minimumFractionDigits: decimals ?? 0, maximumFractionDigits: places };
  return cached("number", options, () => new Intl.NumberFormat(locale(), options)).format(amount).replace("-", "−");
}

/** A number in few characters, for axes and cells: 12.4k. */
export function brief(value) {
  const amount = Number(value);
  if (!Number.isFinite(amount)) return number(value);
  if (Math.abs(amount) < 10_000) return number(amount);
  const options = { notation: "compact", maximumFractionDigits: 1 };
  return cached("brief", options, () => new Intl.NumberFormat(locale(), options)).format(amount).replace("-", "−");
}

/** With its unit; signs like % stand close to it, words apart. */
export function withUnit(text, unit) {
  if (!unit) return text;
  return /^[%°‰′″]/.test(unit) ? `${text}${unit === "%" ? " %" : unit}` : unit.startsWith("/") ? `${text}${unit}` : `${text} ${unit}`;
}

/** Milliseconds since 1970 of a value that means a time (ISO 8601; without a zone it is UTC), or null. */
export function instant(value) {
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "number") return value;
  const text = String(value).replace(" ", "T");
  const parsed = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) || /^\d{4}-\d\d-\d\d$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(parsed) ? null : parsed;
}

function clock(options, utc) {
  const full = { ...options, hourCycle: "h23", ...(utc ? { timeZone: "UTC" } : {}) };
  return cached("time", full, () => new Intl.DateTimeFormat(locale(), full));
}

/** A time of day, with the date where it is not today's. */
export function time(ms, { utc = false, now = Date.now(), seconds = true, date = "auto" } = {}) {
  if (ms === null) return "–";
  const day = { year: "numeric", month: "2-digit", day: "2-digit" };
  const ofDay = { hour: "2-digit", minute: "2-digit", ...(seconds ? { second: "2-digit" } : {}) };
  const same = clock(day, utc).format(ms) === clock(day, utc).format(now);
  const withDate = date === "always" || (date === "auto" && !same);
  return clock(ofDay, utc).format(ms) && (withDate ? `${isoDay(ms, utc)} ${clock(ofDay, utc).format(ms)}` : clock(ofDay, utc).format(ms));
}

function isoDay(ms, utc) {
  const parts = Object.fromEntries(
    clock({ year: "numeric", month: "2-digit", day: "2-digit" }, utc).formatToParts(ms).map((part) => [part.type, part.value]));
  return `${parts.year}-${parts.month}-${parts.day}`;
}

/** Day and month, for axes. */
export function shortDay(ms, utc) {
  return clock({ month: "short", day: "numeric" }, utc).format(ms);
}

/** The name of the zone that times are shown in. */
export function zoneName(utc) {
  if (utc) return "UTC";
  const parts = clock({ timeZoneName: "short", hour: "2-digit" }, false).formatToParts(Date.now());
  return parts.find((part) => part.type === "timeZoneName")?.value ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** A length of time in one or two units: 3.2 s, 41 s, 5 min, 2 h 10 min, 3 d. */
export function age(ms) {
  const span = Math.max(0, ms);
  const chinese = locale() === "zh-CN";
  const [s, min, h, d] = chinese ? [" 秒", " 分钟", " 小时", " 天"] : [" s", " min", " h", " d"];
  if (span < MS.minute) return `${Math.floor(span / MS.second)}${s}`;
  if (span < MS.hour) return `${Math.floor(span / MS.minute)}${min}`;
  if (span < MS.day) {
    const minutes = Math.floor((span % MS.hour) / MS.minute);
    return `${Math.floor(span / MS.hour)}${h}${minutes ? `${chinese ? "" : " "}${minutes}${min}` : ""}`;
  }
  return `${Math.floor(span / MS.day)}${d}`;
}

/** Any cell as text. `kind` is the column's: number, text, time, bool, json. */
export function cell(value, kind, { decimals = null, unit = null, utc = false, now = Date.now(), nan = false } = {}) {
  if (nan) return "NaN";
  if (value === null || value === undefined) return "–";
  if (kind === "number") return withUnit(number(value, decimals), unit);
  if (kind === "time") {
    const ms = instant(value);
    return ms === null ? String(value) : time(ms, { utc, now });
  }
  if (kind === "bool") return value ? t("yes") : t("no");
  return withUnit(typeof value === "object" ? JSON.stringify(value) : String(value), unit);
}
