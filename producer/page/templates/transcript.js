// The words, as they are spoken. A line's words become elements of their own when it is spoken or pointed at.
function createTranscript(page) {
  const { store, player, data } = page;
  const scroll = document.getElementById("transcript"), back = document.querySelector("[data-do=follow]");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const HELD_S = 0.08; // a word stays marked so long after it, where no other begins
  let lines = [], lineOf = new Map(), spokenNow = new Set(), current = null, follows = true, touched = -1e9;

  function read() {
    lines = [...scroll.querySelectorAll(".line")].map((element) => {
      const places = data().words[element.dataset.clip] || [];
      const starts = [], ends = [];
      let at = 0;
      for (let word = 0; word < places.length; word += 4) {
        at += places[word + 2];
        starts.push(at / 1000);
        ends.push((at + places[word + 3]) / 1000);
      }
      const start = Number(element.dataset.at) / 1000;
      return { element, places, starts, ends, words: null, at: -2, start, end: ends.length ? ends[ends.length - 1] : start };
    }).sort((a, b) => a.start - b.start);
    lineOf = new Map(lines.map((line) => [line.element, line]));
    spokenNow = new Set();
    current = null;
    page.rove(scroll, ".line .time");
  }

  function wrap(line) {
    if (line.words) return line.words;
    const text = line.element.querySelector("p"), said = text.textContent, made = document.createDocumentFragment();
    line.words = [];
    let at = 0;
    for (let word = 0; word < line.places.length; word += 4) {
      const from = at + line.places[word], to = from + line.places[word + 1];
      if (from > at) made.append(said.slice(at, from));
      const element = document.createElement("span");
      element.className = "w";
      element.textContent = said.slice(from, to);
      made.append(element);
      line.words.push(element);
      at = to;
    }
    if (at < said.length) made.append(said.slice(at));
    text.replaceChildren(made);
    return line.words;
  }

  function mark(line, when) {
    const words = wrap(line);
    const now = lastBegun(line.starts.length, (word) => line.starts[word], when);
    const over = now >= 0 && when > line.ends[now] + HELD_S;
    const state = over ? now + 0.5 : now;
    if (state === line.at) return;
    line.at = state;
    words.forEach((element, word) => {
      element.classList.toggle("now", word === now && !over);
      element.classList.toggle("spoken", word < now || (word === now && over));
    });
  }

  function clear(line) {
    line.at = -2;
    line.element.classList.remove("current");
    line.element.removeAttribute("aria-current");
    for (const word of line.words || []) word.classList.remove("now", "spoken");
  }

  function follow(when) {
    const last = lastBegun(lines.length, (line) => lines[line].start, when + 0.002);
    const active = new Set();
    for (let line = last; line >= 0 && line > last - 6; line--)
      if (when <= lines[line].end + HELD_S) active.add(lines[line]);
    for (const line of spokenNow) if (!active.has(line)) clear(line);
    for (const line of active) {
      if (!spokenNow.has(line)) { line.element.classList.add("current"); line.element.setAttribute("aria-current", "true"); }
      mark(line, when);
    }
    spokenNow = active;
    const newest = last >= 0 ? lines[last] : null;
    if (newest !== current) {
      const from = current ? lines.indexOf(current) : -1;
      for (let line = Math.min(from, last) + 1; line <= Math.max(from, last); line++) lines[line].element.classList.toggle("past", line <= last);
      current = newest;
      if (newest && follows) show(newest, store.get("playing"));
      seen();
    }
    store.set("clip", active.size ? [...active][0].element.dataset.clip : "");
  }

  const inPane = () => scroll.scrollHeight > scroll.clientHeight + 4 && getComputedStyle(scroll).overflowY === "auto";
  const paneView = () => (inPane() ? scroll.getBoundingClientRect() : { top: 0, bottom: innerHeight - 120 });

  // Brings a line to where it is read.
  function show(line, gently) {
    const box = line.element.getBoundingClientRect(), view = paneView();
    const by = box.top - view.top - (view.bottom - view.top) * 0.3;
    if (Math.abs(by) < 4) return;
    if (!inPane() && !readingHere()) return; // who looks at something else is left there
    const far = Math.abs(by) > (view.bottom - view.top) * 1.5, smooth = gently && !calm.matches && !far;
    touched = -1e9;
    (inPane() ? scroll : window).scrollBy({ top: by, behavior: smooth ? "smooth" : "instant" });
  }

  function readingHere() {
    const box = scroll.getBoundingClientRect();
    return box.top < innerHeight * 0.6 && box.bottom > innerHeight * 0.2;
  }

  function seen() {
    if (!current || follows) { back.hidden = true; return; }
    const box = current.element.getBoundingClientRect(), view = paneView();
    back.hidden = !readingHere() || (box.bottom > view.top && box.top < view.bottom);
  }

  // Only who scrolls by hand leaves the voice: other scrolling is the page's own.
  const TOUCH_MS = 1500;
  for (const name of ["wheel", "touchmove", "pointerdown", "keydown"])
    addEventListener(name, () => { touched = performance.now(); }, { passive: true, capture: true });
  const scrolled = onFrame(() => {
    if (!current || performance.now() - touched > TOUCH_MS) return;
    const box = current.element.getBoundingClientRect(), view = paneView();
    follows = box.bottom > view.top && box.top < view.bottom;
    seen();
  });
  for (const source of [scroll, window]) source.addEventListener("scroll", scrolled, { passive: true });
  back.addEventListener("click", () => { follows = true; if (current) show(current, true); seen(); });

  // Lines that were never near have a guessed height: where theirs become known, or the window's change, it is put right.
  const settled = new ResizeObserver(onFrame(() => {
    if (!current || !follows) return;
    const box = current.element.getBoundingClientRect(), view = paneView();
    if (box.top < view.top || box.bottom > view.bottom) show(current, false);
  }));
  for (const part of scroll.querySelectorAll(".part")) settled.observe(part);

  scroll.addEventListener("click", (event) => {
    const element = event.target.closest(".line, .noise, h3[data-chapter]");
    if (!element || (!getSelection().isCollapsed && !event.target.closest("button"))) return;
    if (element.matches("h3")) { page.jump(data().chapters[Number(element.dataset.chapter) - 1].start); return; }
    const line = lineOf.get(element);
    if (!line) { page.jump(Number(element.dataset.at) / 1000); return; }
    wrap(line);
    const word = line.words.indexOf(event.target.closest(".w") || wordAt(line, event));
    page.pick(element.dataset.clip, "speech", word > 0 ? line.starts[word] : line.starts[0] ?? line.start);
  });

  // The word under the pointer of a line whose words were no elements yet when it was pressed.
  function wordAt(line, event) {
    return event.target.closest("p") && document.elementsFromPoint(event.clientX, event.clientY).find((one) => one.matches(".w"));
  }

  scroll.addEventListener("pointerover", (event) => {
    const line = lineOf.get(event.target.closest(".line"));
    if (line) wrap(line);
  });

  read();
  store.on("at", follow);
  return {
    lines: () => lines,
    text: (clip) => { const line = lines.find((one) => one.element.dataset.clip === clip); return line ? line.element.querySelector("p").textContent : ""; },
    step(by) {
      const at = lastBegun(lines.length, (line) => lines[line].start, store.get("at") - (by < 0 ? 1.2 : -0.05));
      const to = lines[Math.min(lines.length - 1, Math.max(0, by < 0 ? at : at + 1))];
      if (to) page.jump(to.starts[0] ?? to.start);
    },
    read,
  };
}
