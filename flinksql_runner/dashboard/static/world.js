// Borders of the countries: read once, projected once, kept as paths in units of the world's width.

import "./lib/topojson-client.min.js";

let loading = null;

/** {shapes: number -> {name, path, middle}, byName, project(longitude, latitude) -> [x, y], aspect}; loaded at the first call. */
export function borders() {
  loading ??= load();
  return loading;
}

async function load() {
  const inlined = document.getElementById("lib/countries-110m.json");
  const atlas = inlined ? JSON.parse(inlined.textContent) : await (await fetch(new URL("./lib/countries-110m.json", import.meta.url))).json();
  const { features } = globalThis.topojson.feature(atlas, atlas.objects.countries);
  const shapes = new Map();
  const byName = new Map();
  for (const { id, properties, geometry } of features) {
    if (id === "010") continue; // Antarctica: a third of the picture for nobody's data
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    const code = id ?? properties.name;
    shapes.set(code, { name: properties.name, ...drawn(polygons) });
    byName.set(properties.name.toLowerCase(), code);
  }
  return { shapes, byName, project, aspect: ASPECT };
}

function drawn(polygons) {
  const path = new Path2D();
  let widest = { area: -1, middle: [0, 0] };
  for (const polygon of polygons) {
    for (const [place, ring] of polygon.entries()) {
      const points = unbroken(ring).map(([lambda, latitude]) => placed(lambda, latitude));
      points.forEach(([x, y], index) => path[index ? "lineTo" : "moveTo"](x, y));
      path.closePath();
      const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
      const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
      const area = (right - left) * (bottom - top);
      if (place === 0 && area > widest.area) widest = { area, middle: [(left + right) / 2, (top + bottom) / 2] };
    }
  }
  return { path, middle: widest.middle };
}

/** A ring without jumps: what crosses the edge of the map goes on beyond it instead of coming back on the other side. */
function unbroken(ring) {
  let before = null;
  return ring.map(([longitude, latitude]) => {
    let lambda = turned(longitude);
    if (before !== null) lambda += Math.round((before - lambda) / 360) * 360;
    before = lambda;
    return [lambda, latitude];
  });
}

// from 84 degrees north to 58 south: where people and their land are
const NORTH = 84;
const SOUTH = -58;
const WIDEST = 2 * Math.PI * 0.870700;
const ASPECT = (raw(0, NORTH)[1] - raw(0, SOUTH)[1]) / WIDEST;

/** Natural Earth's polynomial (Šavrič, Jenny, Patterson and others, 2011), in its own units. */
function raw(longitude, latitude) {
  const phi = (latitude * Math.PI) / 180;
  const lambda = (longitude * Math.PI) / 180;
  const p2 = phi * phi;
  const p4 = p2 * p2;
  return [
    lambda * (0.8707 - 0.131979 * p2 + p4 * (-0.013791 + p4 * (0.003971 * p2 - 0.001529 * p4))),
    phi * (1.007226 + p2 * (0.015085 + p4 * (-0.044475 + 0.028874 * p2 - 0.005916 * p4))),
  ];
}

// the map is cut in the Bering Strait, where it cuts no country in two
const MIDDLE = 11;

/** Degrees east of the middle of the map, from -180 to 180. */
function turned(longitude) {
  return ((((longitude - MIDDLE + 180) % 360) + 360) % 360) - 180;
}

function placed(lambda, latitude) {
  const [x, y] = raw(lambda, latitude);
  return [0.5 + x / WIDEST, (raw(0, NORTH)[1] - y) / WIDEST];
}

/** x from 0 (west) to 1 (east), y from 0 (north) downwards in the same unit. */
function project(longitude, latitude) {
  return placed(turned(longitude), latitude);
}
