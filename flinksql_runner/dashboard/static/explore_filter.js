// What a viewer types over a column: part of a text, `=text`, `>5`, `<=5`, `null`, `!part`.

/** Whether a value passes. */
export function keeps(value, filter) {
  const text = filter.trim();
  if (text === "") return true;
  if (text.startsWith("!") && text.length > 1) return !keeps(value, text.slice(1));
  if (text.toLowerCase() === "null") return value === null || value === undefined;
  const found = /^(<=|>=|<|>|=)\s*(.*)$/.exec(text);
  if (!found) return said(value).toLowerCase().includes(text.toLowerCase());
  const [, sign, wanted] = found;
  if (value === null || value === undefined || wanted === "") return wanted === "";
  if (sign === "=") return said(value).toLowerCase() === wanted.toLowerCase() || (isNumber(value) && isNumber(wanted) && Number(value) === Number(wanted));
  const order = isNumber(value) && isNumber(wanted) ? Number(value) - Number(wanted) : said(value).localeCompare(wanted);
  return { "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0 }[sign];
}

function said(value) {
  if (value === null || value === undefined) return "NULL";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function isNumber(value) {
  return value !== "" && typeof value !== "boolean" && Number.isFinite(Number(value));
}
