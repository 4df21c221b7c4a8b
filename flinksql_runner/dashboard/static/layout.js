// Where tiles stand: 12 columns, filled in bands. A band has no holes: what is lower than its neighbour grows, or another
// tile stands below it.

import { setStyle } from "./dom.js";
import { KINDS } from "./tiles/kinds.js";

const COLUMNS = 12;
const MOST_NUMBERS = 6;
const STACKED_FROM = 3;
const WALL_ROWS = 8;

/** {places: {x, y, width, height, own} for each tile in cells from 0, columns, rows}. A wall is wider than it is high: long
 * pages stand on it in two or three columns of bands. */
export function arrange(tiles, onWall = false) {
  const sizes = tiles.map((tile) => {
    const usual = KINDS[tile.type] ?? KINDS.table;
    const width = Math.min(COLUMNS, tile.width ?? usual.width);
    const height = tile.height ?? usual.height;
    return { width, height, own: height, free: tile.width === null || tile.width === undefined };
  });
  shareNumbers(tiles, sizes);
  const all = bands(sizes);
  const parts = onWall ? cut(all, Math.min(3, Math.ceil(sum(all.map(bandHeight)) / WALL_ROWS))) : [all];
  const rows = Math.max(1, ...parts.map((part) => sum(part.map(bandHeight))));
  let x = 0;
  for (const part of parts) {
    if (onWall) grow(part, rows);
    const width = parts.length > 1 ? Math.max(...part.map(bandWidth)) : COLUMNS;
    let y = 0;
    for (const band of part) y += settle(band, x, y, width);
    x += width;
  }
  return { places: sizes, columns: Math.max(x, COLUMNS), rows };
}

function bandWidth(band) {
  return sum(band.map((column) => column.width));
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

function bandHeight(band) {
  return Math.max(...band.map(heightOf));
}

/** Cuts the bands into `n` parts of nearly the same height. */
function cut(all, n) {
  if (n < 2) return [all];
  const parts = [];
  let rest = [...all];
  for (let left = n; left > 1 && rest.length; left -= 1) {
    const share = sum(rest.map(bandHeight)) / left;
    let [take, height] = [0, 0];
    while (take < rest.length && (take === 0 || Math.abs(height + bandHeight(rest[take]) - share) <= Math.abs(height - share))) {
      height += bandHeight(rest[take]);
      take += 1;
    }
    parts.push(rest.slice(0, take));
    rest = rest.slice(take);
  }
  return rest.length ? [...parts, rest] : parts;
}

/** Makes bands higher, the highest first, until the part fills so many rows. */
function grow(part, rows) {
  const high = part.filter((band) => bandHeight(band) > 1);
  const willing = (high.length ? high : part).sort((a, b) => bandHeight(b) - bandHeight(a));
  for (let missing = rows - sum(part.map(bandHeight)), at = 0; missing > 0 && willing.length; missing -= 1, at += 1) {
    for (const column of willing[at % willing.length]) column.tiles.at(-1).height += 1;
  }
}

/** Numbers that follow each other get the same width, up to six in a row; three or two where there is less room (`medium`, of
 * six columns), two on a phone (`narrow`, of two). */
function shareNumbers(tiles, sizes) {
  for (let from = 0; from < tiles.length; from += 1) {
    let to = from;
    while (to < tiles.length && tiles[to].type === "number" && sizes[to].free) to += 1;
    const n = to - from;
    if (!n) continue;
    const across = Math.ceil(n / Math.ceil(n / MOST_NUMBERS));
    for (let at = from; at < to; at += 1) {
      sizes[at].width = Math.floor(COLUMNS / (n === 1 ? 4 : across));
      sizes[at].medium = to - at <= [0, 4, 2][n % 3] && n > 1 ? 3 : 2;
      sizes[at].narrow = n % 2 && at === to - 1 ? 2 : 1;
    }
    from = to;
  }
}

/** Bands of columns {width, tiles}, in the order of the tiles. */
function bands(sizes) {
  const made = [];
  let band = null;
  for (const size of sizes) {
    const used = band ? bandWidth(band) : COLUMNS;
    const last = band?.at(-1);
    if (band && used + size.width <= COLUMNS) band.push({ width: size.width, tiles: [size] });
    else if (last && last.width === size.width && fitsBelow(band, last, size)) last.tiles.push(size);
    else made.push((band = [{ width: size.width, tiles: [size] }]));
  }
  return made;
}

/** Whether a tile may stand below the last column's: where its neighbours are tall, they may grow by one row for it. */
function fitsBelow(band, last, size) {
  const tallest = Math.max(...band.filter((column) => column !== last).map(heightOf), 0);
  return tallest >= STACKED_FROM && heightOf(last) + size.height <= tallest + 1;
}

function heightOf(column) {
  return sum(column.tiles.map((tile) => tile.height));
}

/** Widens what may be wider, lets short columns grow, and writes down the places; returns the band's height. */
function settle(band, from, y, width) {
  const left = width - bandWidth(band);
  const free = band.filter((column) => column.tiles.every((tile) => tile.free));
  free.forEach((column, index) => (column.width += Math.floor(left / free.length) + (index < left % free.length ? 1 : 0)));
  const height = bandHeight(band);
  let x = from;
  for (const column of band) {
    column.tiles.at(-1).height += height - heightOf(column);
    let top = y;
    for (const tile of column.tiles) {
      Object.assign(tile, { x, y: top, width: column.width });
      top += tile.height;
    }
    x += column.width;
  }
  return height;
}

/** Puts the places on the elements, and the measure of the whole on their parent. */
export function place(parent, elements, tiles, onWall) {
  const { places, columns, rows } = arrange(tiles, onWall);
  setStyle(document.documentElement, { "--rows": rows });
  setStyle(parent, { "--columns": columns });
  places.forEach(({ x, y, width, height, own, medium = 2, narrow = 1 }, index) => {
    setStyle(elements[index], { "--x": x + 1, "--y": y + 1, "--w": width, "--h": height, "--own": own, "--medium": medium, "--narrow": narrow });
    elements[index].dataset.small = tiles[index].type === "number" ? "yes" : "no";
  });
}
