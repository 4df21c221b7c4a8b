// Elements out of values. Text only ever becomes text: nothing here, or anywhere in the page, reads HTML out of data.

const SVG = "http://www.w3.org/2000/svg";

/** An element. `props`: attributes, `class`, `style` (object of properties), `on…` listeners; null and false are left out. */
export function h(tag, props = {}, ...children) {
  return filled(document.createElement(tag), props, children);
}

/** An element of SVG, in the same way. */
export function svg(tag, props = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), props, children);
}

function filled(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") setStyle(element, value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Properties of style through the object model: the policy of this page forbids style in attributes. */
export function setStyle(element, properties) {
  for (const [name, value] of Object.entries(properties)) element.style.setProperty(name, String(value));
}

/** Text of an element, written only where it differs: screen readers hear what changed, not what was written again. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Replaces all children. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
}

const ICONS = {
  pause: "M5 3h2v10H5zM9 3h2v10H9z",
  play: "M5 3l8 5-8 5z",
  menu: "M2 4h12v1.5H2zM2 7.25h12v1.5H2zM2 10.5h12V12H2z",
  enlarge: "M9 2h5v5h-1.5V4.56L9.53 7.53 8.47 6.47 11.44 3.5H9zM2 9h1.5v2.44l2.97-2.97 1.06 1.06L4.56 12.5H7V14H2z",
  code: "M5.7 4.3L2 8l3.7 3.7 1-1L4 8l2.7-2.7zM10.3 4.3l-1 1L12 8l-2.7 2.7 1 1L14 8z",
  download: "M7.25 2h1.5v6.2l2.2-2.2L12 7.05l-4 4-4-4L5.05 6l2.2 2.2zM2.5 12.5h11V14h-11z",
  close: "M3.5 4.55L4.55 3.5 8 6.95l3.45-3.45 1.05 1.05L9.05 8l3.45 3.45-1.05 1.05L8 9.05 4.55 12.5 3.5 11.45 6.95 8z",
  full: "M2 2h5v1.5H3.5V7H2zM9 2h5v5h-1.5V3.5H9zM2 9h1.5v3.5H7V14H2zM12.5 9H14v5H9v-1.5h3.5z",
  search: "M7 2a5 5 0 013.9 8.1l3 3-1 1-3-3A5 5 0 117 2zm0 1.5a3.5 3.5 0 100 7 3.5 3.5 0 000-7z",
  plus: "M7.25 3h1.5v4.25H13v1.5H8.75V13h-1.5V8.75H3v-1.5h4.25z",
  minus: "M3 7.25h10v1.5H3z",
  up: "M8 3.5l5 6H3z",
  down: "M8 12.5l-5-6h10z",
  right: "M6 3l5 5-5 5-1.05-1.05L8.9 8 4.95 4.05z",
};

/** A drawn icon; what it means is said by the text or label beside it. */
export function icon(name) {
  return svg("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: ICONS[name] }));
}
