// What a value means: its colour, its shape and its word, out of the thresholds of a tile or column.

import { svg } from "./dom.js";

/** How much a colour asks for attention. */
const RANK = { red: 4, amber: 3, grey: 2, blue: 1, green: 0 };
export const COLOURS = Object.keys(RANK);
// a shape for each colour: who sees no difference of hue sees that of form
const SHAPES = {
  red: "M8 1.6l7 12.6H1z", amber: "M8 1l7 7-7 7-7-7z", blue: "M8 2.5a5.5 5.5 0 110 11 5.5 5.5 0 010-11z",
  green: "M2.5 2.5h11v11h-11z", grey: "M8 2.5a5.5 5.5 0 110 11 5.5 5.5 0 010-11zm0 2.2a3.3 3.3 0 100 6.6 3.3 3.3 0 000-6.6z",
};

/** The first threshold that a value meets: {colour, word, rank}; null where there is none, or no value. */
export function judge(value, thresholds) {
  if (!thresholds?.length || value === null || value === undefined) return null;
  const found = thresholds.find((limit) => meets(value, limit));
  return found ? state(found.colour, found.word ?? "") : null;
}

function meets(value, limit) {
  if (limit.is !== undefined && limit.is !== null) return String(value).toLowerCase() === String(limit.is).toLowerCase();
  if (limit.from === undefined || limit.from === null) return true;
  return value !== "" && typeof value !== "boolean" && Number(value) >= Number(limit.from);
}

/** A state by colour and word. */
export function state(colour, word = "") {
  const known = colour in RANK ? colour : "grey";
  return { colour: known, word, rank: RANK[known] };
}

/** The states of an entity's value: by thresholds, else true is red and false blue, else words get colours in order of coming. */
export function classifier(thresholds, words) {
  if (thresholds?.length) return (value) => judge(value, thresholds) ?? state("grey", value === null ? words.unknown : "");
  const seen = new Map();
  const order = ["blue", "amber", "green", "grey", "red"];
  return (value) => {
    if (value === null || value === undefined) return state("grey", words.unknown);
    if (typeof value === "boolean") return value ? state("red", words.yes) : state("blue", words.no);
    const text = String(value);
    if (!seen.has(text)) seen.set(text, state(order[Math.min(seen.size, order.length - 1)], text));
    return seen.get(text);
  };
}

/** The drawn shape of a colour. */
export function mark(colour) {
  return svg("svg", { class: `mark ${colour}`, viewBox: "0 0 16 16", "aria-hidden": "true" },
    svg("path", { d: SHAPES[colour] ?? SHAPES.grey, "fill-rule": "evenodd" }));
}

/** Draws the shape on a canvas: centre and half size in its units. */
export function drawMark(context, colour, x, y, half) {
  context.beginPath();
  if (colour === "red") {
    context.moveTo(x, y - half);
    context.lineTo(x + half, y + half * 0.8);
    context.lineTo(x - half, y + half * 0.8);
  } else if (colour === "amber") {
    context.moveTo(x, y - half);
    context.lineTo(x + half, y);
    context.lineTo(x, y + half);
    context.lineTo(x - half, y);
  } else if (colour === "green") {
    context.rect(x - half * 0.75, y - half * 0.75, half * 1.5, half * 1.5);
  } else {
    context.arc(x, y, half * 0.8, 0, Math.PI * 2);
    if (colour === "grey") context.arc(x, y, half * 0.4, 0, Math.PI * 2, true);
  }
  context.closePath();
  context.fill();
}
