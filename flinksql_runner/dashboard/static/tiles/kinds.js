// The types of tiles: who draws them, and the size that they get without being told.

import { createFeed } from "./feed.js";
import { createGrid } from "./grid.js";
import { createMap } from "./map.js";
import { createNumber } from "./number.js";
import { createBar, createLine } from "./series.js";
import { createTable } from "./table.js";
import { createText } from "./text.js";

/** `width` of 12 columns and `height` in rows; numbers side by side share a row (see layout.js). */
export const KINDS = {
  number: { create: createNumber, width: 3, height: 1 },
  line: { create: createLine, width: 6, height: 2 },
  bar: { create: createBar, width: 6, height: 2 },
  table: { create: createTable, width: 6, height: 3 },
  grid: { create: createGrid, width: 12, height: 2 },
  map: { create: createMap, width: 8, height: 3 },
  feed: { create: createFeed, width: 4, height: 3 },
  text: { create: createText, width: 12, height: 1 },
};
