// The map on its canvas: countries, dots, and which of them lies under the pointer.

import { palette, prepared } from "../canvas.js";
import { brief } from "../format.js";
import { drawMark } from "../states.js";

/** Draws the places of a view: the whole world by default, else around its centre. Gives what finds them again. */
export function paint(canvas, view) {
  const ready = prepared(canvas);
  if (!ready) return null;
  const { context, width, height } = ready;
  const colours = palette(canvas);
  const whole = Math.min(width, height / view.world.aspect);
  const unit = whole * view.scale;
  const centre = view.centre ?? [0.5, view.world.aspect / 2];
  const origin = [width / 2 - centre[0] * unit, height / 2 - centre[1] * unit];
  const position = (one) => [origin[0] + one.x * unit, origin[1] + one.y * unit];
  context.save();
  context.translate(...origin);
  context.scale(unit, unit);
  context.lineJoin = "round";
  context.lineWidth = 0.7 / unit;
  const filled = view.kind === "countries" ? shades(view.places, colours) : { of: new Map(), steps: null };
  for (const [code, shape] of view.world.shapes) {
    context.fillStyle = filled.of.get(code) ?? colours.land;
    context.strokeStyle = colours.panel;
    context.fill(shape.path);
    context.stroke(shape.path);
  }
  const at = view.at === null ? null : view.places[view.at];
  if (at?.shape) {
    context.strokeStyle = colours.text;
    context.lineWidth = 2 / unit;
    context.stroke(at.shape.path);
  }
  context.restore();
  if (view.kind === "points") dots(context, view.places, position, colours, at);
  else marks(context, view.places, position, colours);
  return {
    unit, centre, position, steps: filled.steps, unplaced: (x, y) => [(x - origin[0]) / unit, (y - origin[1]) / unit],
    nearest: (x, y) => (view.kind === "points" ? nearestDot(view.places, position, x, y, colours.rem)
      : nearestShape(view.places, context, (x - origin[0]) / unit, (y - origin[1]) / unit)),
  };
}

function radius(one, most, rem) {
  return one.sized ? rem * (0.22 + 0.95 * Math.sqrt(one.weight / (most || 1))) : rem * 0.34;
}

function dots(context, places, position, colours, at) {
  const most = Math.max(...places.map((one) => one.weight), 0);
  for (const one of [...places].reverse()) {
    const [x, y] = position(one);
    const size = radius(one, most, colours.rem);
    const colour = colours[one.state?.colour ?? "blue"];
    context.fillStyle = `color-mix(in srgb, ${colour} ${one.sized ? 45 : 80}%, transparent)`;
    context.strokeStyle = one === at ? colours.text : colour;
    context.lineWidth = one === at ? 2.5 : 1.4;
    if (one.state && one.state.colour !== "blue") drawMark(context, one.state.colour, x, y, size * 1.15);
    else {
      context.beginPath();
      context.arc(x, y, size, 0, Math.PI * 2);
      context.fill();
    }
    context.stroke();
  }
}

/** Countries whose state asks for attention carry its shape. */
function marks(context, places, position, colours) {
  for (const one of places) {
    if (!one.state || one.state.rank < 3) continue;
    const [x, y] = position(one);
    context.fillStyle = colours.text;
    drawMark(context, one.state.colour, x, y, colours.rem * 0.32);
  }
}

function nearestDot(places, position, x, y, rem) {
  const most = Math.max(...places.map((one) => one.weight), 0);
  let best = [null, Infinity];
  places.forEach((one, index) => {
    const [px, py] = position(one);
    const away = Math.hypot(px - x, py - y) - radius(one, most, rem);
    if (away < best[1]) best = [index, away];
  });
  return best[1] < rem * 0.5 ? best[0] : null;
}

function nearestShape(places, context, x, y) {
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  const found = places.findIndex((one) => context.isPointInPath(one.shape.path, x, y));
  context.restore();
  return found < 0 ? null : found;
}

/** A colour for each country: by its state, else in five steps of equally many countries. */
function shades(places, colours) {
  const amounts = places.map((one) => one.weight).sort((a, b) => a - b);
  const borders_ = [0.2, 0.4, 0.6, 0.8].map((share) => amounts[Math.floor(share * amounts.length)] ?? 0);
  const of = new Map();
  for (const one of places) {
    const step = borders_.filter((border) => one.weight >= border && border > amounts[0]).length;
    of.set(one.code, one.state ? colours[one.state.colour] : colours.ramp[step]);
  }
  const limits = [amounts[0] ?? 0, ...borders_.filter((border) => border > amounts[0])];
  return { of, steps: places.length ? limits.map((limit) => `≥ ${brief(limit)}`) : [] };
}
