// A canvas that keeps the size of its box and the sharpness of the screen.

/** The computed colours that are drawn on a canvas, which knows no variables of CSS. */
export function palette(element) {
  const style = getComputedStyle(element);
  const read = (name) => style.getPropertyValue(name).trim();
  return {
    text: read("--text"), muted: read("--muted"), line: read("--line"), panel: read("--panel"), land: read("--land"), sea: read("--sea"),
    red: read("--red"), amber: read("--amber"), blue: read("--blue"), green: read("--green"), grey: read("--grey"),
    "calm-red": read("--calm-red"), "calm-amber": read("--calm-amber"), "calm-blue": read("--calm-blue"),
    "calm-green": read("--calm-green"), "calm-grey": read("--calm-grey"),
    ramp: [1, 2, 3, 4, 5].map((step) => read(`--ramp-${step}`)), series: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => read(`--series-${n}`)),
    font: style.fontFamily, rem: Number.parseFloat(getComputedStyle(document.documentElement).fontSize),
  };
}

/** Brings the canvas to its box; {context, width, height, ratio} in CSS pixels, or null while it has no size. */
export function prepared(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = window.devicePixelRatio || 1;
  if (!width || !height) return null;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height, ratio };
}

/** Calls `draw` once a frame at most, after the box changed; returns what stops it. */
export function onResize(element, draw) {
  let waiting = 0;
  const observer = new ResizeObserver(() => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(draw);
  });
  observer.observe(element);
  return () => {
    cancelAnimationFrame(waiting);
    observer.disconnect();
  };
}
