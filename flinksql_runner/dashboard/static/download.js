// A tile's rows as a file: from the server where there is one, else what the page shows.

import { h } from "./dom.js";

/** Saves the file; the browser asks or not, as its viewer has it set. */
export function save(address, name) {
  const link = h("a", { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
}

/** CSV after RFC 4180. What a spreadsheet would take for a formula gets an apostrophe before it. */
export function csv(rows) {
  const quoted = (value) => {
    if (value === null || value === undefined) return "";
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [rows.columns.map((column) => quoted(column.name)), ...rows.rows.map((row) => row.map(quoted))];
  return `${lines.map((line) => line.join(",")).join("\r\n")}\r\n`;
}

/** Saves rows that the page holds. */
export function saveRows(rows, name) {
  const address = URL.createObjectURL(new Blob(["\ufeff", csv(rows)], { type: "text/csv;charset=utf-8" }));
  save(address, name);
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
