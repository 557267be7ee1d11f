// What every canvas needs: the right number of pixels, the colours of the style sheet, levels as heights.
function createCanvas(box) {
  const canvas = box.querySelector("canvas"), pen = canvas.getContext("2d");
  const made = { canvas, pen, width: 0, height: 0, colours: {} };
  made.fit = (height = box.clientHeight) => {
    const scale = Math.min(3, window.devicePixelRatio || 1);
    made.width = box.clientWidth;
    made.height = height;
    canvas.style.height = `${height}px`;
    canvas.width = Math.round(made.width * scale);
    canvas.height = Math.round(height * scale);
    pen.setTransform(scale, 0, 0, scale, 0, 0);
  };
  made.begin = () => pen.clearRect(0, 0, made.width, made.height);
  made.recolour = () => {
    const style = getComputedStyle(document.documentElement);
    for (const name of ["page", "raised", "sunk", "ink", "soft", "line", "edge", "accent", "on-accent", "glow", "wave", "wave-body",
      "wave-played", "wave-played-body", "speech", "sound", "bed", "music", "speech-edge", "sound-edge", "bed-edge",
      "music-edge", "good", "bad"]) made.colours[name] = style.getPropertyValue(`--${name}`).trim();
    made.sans = style.getPropertyValue("--sans").trim();
    made.serif = style.getPropertyValue("--serif").trim();
  };
  made.recolour();
  return made;
}

// A drawn level, 0 … 1: a byte is 60 dB; what is soft shows, what is loud stands out.
const levelHeight = Float32Array.from({ length: 256 }, (_, code) => Math.pow(code / 255, 2.4));

// The highest of `values` from `start` to `end` seconds.
function highest(values, step, start, end) {
  const from = Math.max(0, Math.floor(start / step)), to = Math.min(values.length, Math.max(from + 1, Math.ceil(end / step)));
  let top = 0;
  for (let at = from; at < to; at++) if (values[at] > top) top = values[at];
  return top;
}

// The mean height of `values` from `start` to `end` seconds: what a glance at a long stretch should show.
function meanHeight(values, step, start, end) {
  const from = Math.max(0, Math.floor(start / step)), to = Math.min(values.length, Math.max(from + 1, Math.ceil(end / step)));
  let sum = 0;
  for (let at = from; at < to; at++) sum += levelHeight[values[at]];
  return to > from ? sum / (to - from) : 0;
}

// `text` as far as it has room, and how wide that is.
const widths = new Map();
function elided(pen, text, room) {
  const width = (part) => {
    const key = `${pen.font}|${part}`;
    if (!widths.has(key)) { if (widths.size > 6000) widths.clear(); widths.set(key, pen.measureText(part).width); }
    return widths.get(key);
  };
  if (width(text) <= room) return [text, width(text)];
  if (room < width("…") * 2) return ["", 0];
  let low = 0, high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (width(text.slice(0, middle).trimEnd() + "…") <= room) low = middle; else high = middle - 1;
  }
  const cut = text.slice(0, low).trimEnd();
  return cut ? [cut + "…", width(cut + "…")] : ["", 0];
}

// Writes `text` from `x` on to the right, in the direction of its own first letter: stops and dots stand at its end.
function write(pen, text, x, y) {
  pen.direction = /^\P{L}*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/u.test(text) ? "rtl" : "ltr";
  pen.textAlign = "left";
  pen.fillText(text, x, y);
}

// The times for a ruler: about one for every `room` pixels.
function ruler(start, end, width, room) {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
  const step = steps.find((one) => (width * one) / (end - start) >= room) || 7200;
  const times = [];
  for (let at = Math.ceil(start / step) * step; at <= end; at += step) times.push(at);
  return times;
}

// Calls `work` once before the next picture, however often it is asked for. `now` does not wait: a printer does not, and a
// canvas that has a new size is empty.
function onFrame(work) {
  let asked = false;
  const ask = () => { if (!asked) { asked = true; requestAnimationFrame(() => { asked = false; work(); }); } };
  ask.now = work;
  return ask;
}
