// The rows of one tile event, by the names of their columns.

/** Rows with their columns; `nan` cells are those that JSON has no number for. */
export class Rows {
  constructor(event) {
    this.id = event.id;
    this.columns = event.columns ?? [];
    this.rows = event.rows ?? [];
    this.more = Boolean(event.more);
    this.at = event.at ?? null;
    this.newest = event.newest ?? null;
    this.took = event.took_ms ?? null;
    this.places = new Map(this.columns.map((column, index) => [column.name, index]));
    this.strange = new Set((event.nan ?? []).map(([row, column]) => `${row},${column}`));
  }

  get length() {
    return this.rows.length;
  }

  /** Whether there is such a column. */
  has(name) {
    return this.places.has(name);
  }

  /** The kind of a column: number, text, time, bool, json. */
  kind(name) {
    return this.columns[this.places.get(name)]?.kind ?? "text";
  }

  /** A cell's value; null where there is no such column. */
  cell(row, name) {
    const place = this.places.get(name);
    return place === undefined ? null : this.rows[row][place];
  }

  /** Whether a cell is NaN or infinite. */
  isNan(row, name) {
    return this.strange.size > 0 && this.strange.has(`${row},${this.places.get(name)}`);
  }

  /** The first column of a kind, or null. */
  first(...kinds) {
    return this.columns.find((column) => kinds.includes(column.kind))?.name ?? null;
  }
}
