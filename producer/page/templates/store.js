// The state of the page and who wants to know of it. Times are in seconds.
function createStore(initial) {
  const state = { ...initial };
  const listeners = new Map();
  const told = new Set(["playing", "mix", "chapter", "clip", "rate"]); // on `document`, too, for who extends the page
  return {
    get: (name) => state[name],
    set(name, value) {
      const before = state[name];
      if (Object.is(before, value)) return;
      state[name] = value;
      for (const listener of listeners.get(name) || []) listener(value, before);
      if (told.has(name)) document.dispatchEvent(new CustomEvent(`producer:${name}`, { detail: { value, before } }));
    },
    on(name, listener) {
      if (!listeners.has(name)) listeners.set(name, []);
      listeners.get(name).push(listener);
    },
  };
}

// The data as views want it: numbers in arrays, clips as objects, rows of lanes not yet made.
function readData(raw) {
  const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const kinds = ["speech", "sound", "bed", "music"];
  return {
    duration: raw.duration / 1000,
    title: raw.title,
    show: raw.show,
    chapters: raw.chapters.map(([start, end, title]) => ({ start: start / 1000, end: end / 1000, title })),
    mixes: raw.mixes.map((mix) => ({
      ...mix,
      step: mix.step / 1000,
      short: Array.from(bytes(mix.short), (code) => (code ? (code - 1) / 4 - 70 : null)),
      findings: mix.findings.map(([start, end, clip]) => ({ start: start / 1000, end: end / 1000, clip })),
    })),
    wave: raw.wave && { step: raw.wave.step / 1000, peak: bytes(raw.wave.peak), body: bytes(raw.wave.body) },
    clips: raw.clips.map(([id, kind, name, start, length, level, at, more]) => ({
      id, kind: kinds[kind], name: raw.names[name], start: start / 1000, end: (start + length) / 1000, level, at,
      ...(more && more.hits && { hits: more.hits.map((ms) => (start + ms) / 1000) }),
      hit: (start + ((more && (more.hit || (more.hits && more.hits[0]))) || 0)) / 1000,
      ...(more && more.level && { moves: more.level.map(([ms, lu]) => [ms / 1000, lu]) }),
    })),
    words: raw.words,
  };
}

// The last of `count` things in order that `at(i)` says has begun by `when`; -1 before the first.
function lastBegun(count, at, when) {
  let low = 0, high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(middle) <= when) low = middle + 1; else high = middle;
  }
  return low - 1;
}

function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds + 1e-6)), minutes = Math.floor(whole / 60);
  const two = (n) => String(n).padStart(2, "0");
  return minutes < 60 ? `${minutes}:${two(whole % 60)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

function spoken(seconds) {
  const whole = Math.floor(seconds), parts = [];
  for (const [size, name] of [[3600, "hour"], [60, "minute"], [1, "second"]]) {
    const count = Math.floor(whole / size) % (size === 3600 ? 1000 : 60);
    if (count || (size === 1 && !parts.length)) parts.push(`${count} ${name}${count === 1 ? "" : "s"}`);
  }
  return parts.join(" ");
}
