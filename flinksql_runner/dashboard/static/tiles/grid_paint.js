// The cells on their canvas: with names where they fit, with shapes, and as single pixels where there are very many.

import { palette, prepared } from "../canvas.js";
import { drawMark } from "../states.js";

/** States of at most this rank are calm: drawn softly. */
export const CALM = 1;

/** {across, wide, high}: cells as near to squares as lets all of them stand in the box and fill it. */
export function arrange(n, width, height, rem) {
  let across = Math.max(1, Math.min(n, Math.round(Math.sqrt((n * width) / height))));
  while (across > 1 && Math.ceil(n / (across - 1)) * (width / (across - 1)) <= height) across -= 1;
  while (across < n && Math.ceil(n / across) * (width / across) * 0.8 > height) across += 1;
  const wide = Math.min(width / across, rem * 9);
  return { across, wide, high: Math.min(height / Math.ceil(n / across), wide * 1.25, rem * 6) };
}

/** Draws entities; `at` is the one pointed at, `chosen` that of the page's parameter. Gives what finds a cell again. */
export function paint(canvas, { entities, at, chosen }) {
  const ready = prepared(canvas);
  if (!ready || !entities.length) return null;
  const { context, width, height, ratio } = ready;
  const colours = palette(canvas);
  const { across, wide, high } = arrange(entities.length, width, height, colours.rem);
  const small = Math.min(wide, high);
  const gap = small >= 24 ? 3 : small >= 10 ? 2 : small >= 5 ? 1 : 0;
  const place = (index) => ({ x: (index % across) * wide, y: Math.floor(index / across) * high, size: high });
  const layout = {
    across, place,
    index: (x, y) => {
      const column = Math.floor(x / wide);
      const found = column < across ? Math.floor(y / high) * across + column : -1;
      return found >= 0 && found < entities.length ? found : null;
    },
  };
  const named = namesFit(context, entities, { wide: wide - gap, high, colours });
  if (small * ratio < 4) dense(context, entities, layout, { wide, high, width, height, ratio, colours });
  else for (let index = 0; index < entities.length; index += 1) one(context, entities[index], place(index), { wide, high, gap, small, colours, named });
  if (small < 10) loud(context, entities, place, { wide, high, width, height, colours });
  for (const index of [chosen, at]) {
    if (index === null || !entities[index]) continue;
    const { x, y } = place(index);
    context.strokeStyle = colours.text;
    context.lineWidth = index === at ? 2 : 1.5;
    context.strokeRect(x - (small < 6 ? 2 : 0) + 1, y - (small < 6 ? 2 : 0) + 1, Math.max(wide - 2, 5), Math.max(high - 2, 5));
  }
  return layout;
}

/** Whether the names can stand in the cells: most of them whole. */
function namesFit(context, entities, { wide, high, colours }) {
  if (wide < colours.rem * 1.6 || high < colours.rem * 1.35 || entities.length > 2_000) return false;
  context.font = `600 ${letters(high, colours)}px ${colours.font}`;
  const widths = entities.map((entity) => context.measureText(entity.short).width).sort((a, b) => a - b);
  return widths[Math.floor(widths.length * 0.9)] <= wide - 6;
}

function letters(high, colours) {
  return Math.min(colours.rem * 0.78, high * 0.4);
}

function one(context, entity, { x, y }, { wide, high, gap, small, colours, named }) {
  const isLoud = entity.state.rank > CALM;
  const [w, h_] = [wide - gap, high - gap];
  context.fillStyle = isLoud ? colours[entity.state.colour] : colours[`calm-${entity.state.colour}`];
  context.beginPath();
  if (small >= 10) context.roundRect(x + gap / 2, y + gap / 2, w, h_, Math.min(6, small / 6));
  else context.rect(x + gap / 2, y + gap / 2, w, h_);
  context.fill();
  if (small < 10) return;
  const half = Math.min(h_ * 0.2, colours.rem * 0.5, w * 0.25);
  context.fillStyle = isLoud ? colours.panel : `color-mix(in srgb, ${colours[entity.state.colour]} 75%, transparent)`;
  if (!named) {
    if (isLoud || small >= 16) drawMark(context, entity.state.colour, x + wide / 2, y + high / 2, isLoud ? half * 1.5 : half * 0.55);
    return;
  }
  const size = letters(high, colours);
  context.font = `600 ${size}px ${colours.font}`;
  context.textBaseline = "middle";
  context.textAlign = "center";
  const text = clipped(context, entity.short, w - 6);
  const tall = high >= size * 2.6;
  drawMark(context, entity.state.colour, x + wide / 2, y + (tall ? high * 0.32 : high * 0.5), tall ? half * 0.9 : 0);
  context.fillStyle = isLoud ? colours.panel : colours.text;
  context.fillText(text, x + wide / 2, y + (tall ? high * 0.7 : high * 0.52));
}

/** The end of a name tells entities apart better than its beginning. */
function clipped(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let cut = text;
  while (cut.length > 1 && context.measureText(`…${cut}`).width > width) cut = cut.slice(1);
  return `…${cut}`;
}

/** Cells of few pixels: written straight into the picture. */
function dense(context, entities, layout, { wide, high, width, height, ratio, colours }) {
  const [w, h_] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  const picture = context.createImageData(w, h_);
  const pixels = new Uint32Array(picture.data.buffer);
  const packed = new Map();
  entities.forEach((entity, index) => {
    const name = entity.state.rank > CALM ? entity.state.colour : `calm-${entity.state.colour}`;
    if (!packed.has(name)) packed.set(name, pack(context, colours[name]));
    const { x, y } = layout.place(index);
    const [left, top] = [Math.round(x * ratio), Math.round(y * ratio)];
    const right = Math.min(w, Math.max(left + 1, Math.round((x + wide) * ratio)));
    const bottom = Math.min(h_, Math.max(top + 1, Math.round((y + high) * ratio)));
    for (let row = top; row < bottom; row += 1) pixels.fill(packed.get(name), row * w + left, row * w + right);
  });
  context.putImageData(picture, 0, 0);
}

/** A colour of CSS as the four bytes of a pixel. */
function pack(context, colour) {
  const dot = new OffscreenCanvas(1, 1).getContext("2d");
  dot.fillStyle = colour;
  dot.fillRect(0, 0, 1, 1);
  return new Uint32Array(dot.getImageData(0, 0, 1, 1).data.buffer)[0];
}

/** What asks for attention among small cells: its shape, larger than its cell. */
function loud(context, entities, place, { wide, high, width, height, colours }) {
  const half = Math.max(4, colours.rem * 0.4);
  const inside = (at, end) => Math.max(half, Math.min(end - half, at));
  entities.forEach((entity, index) => {
    if (entity.state.rank <= CALM + 1) return;
    const { x, y } = place(index);
    context.fillStyle = colours[entity.state.colour];
    context.strokeStyle = colours.panel;
    context.lineWidth = 1.5;
    drawMark(context, entity.state.colour, inside(x + wide / 2, width), inside(y + high / 2, height), half);
    context.stroke();
  });
}
