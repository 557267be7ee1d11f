// The whole episode at a glance: its wave, its chapters, what has been heard of it, and where the lanes look.
function createOverview(page) {
  const { store, data } = page;
  const box = document.getElementById("overview"), head = box.querySelector(".head"), frame = box.querySelector(".window");
  const view = createCanvas(box), TOP = 22;
  const x = (seconds) => (seconds / data().duration) * view.width;

  const draw = onFrame(() => {
    const { pen, width, height, colours } = view, { wave, chapters, duration } = data();
    view.begin();
    const at = x(store.get("at")), middle = TOP + (height - TOP) / 2, half = (height - TOP) / 2;
    if (wave) {
      const bar = 3, gap = 1; // a wave of bars: as many as there is room for
      for (let left = 0; left < width; left += bar) {
        const from = (left / width) * duration, to = ((left + bar) / width) * duration, played = left + bar / 2 < at;
        const peak = Math.max(0.014, (levelHeight[highest(wave.peak, wave.step, from, to)] + 2 * meanHeight(wave.peak, wave.step, from, to)) / 3) * half;
        const body = Math.min(peak, meanHeight(wave.body, wave.step, from, to) * half * 0.85);
        pen.fillStyle = colours[played ? "wave-played" : "wave"];
        pen.fillRect(left, middle - peak, bar - gap, peak * 2);
        pen.fillStyle = colours[played ? "wave-played-body" : "wave-body"];
        pen.fillRect(left, middle - body, bar - gap, body * 2);
      }
    } else {
      pen.fillStyle = colours.wave;
      pen.fillRect(0, middle - 1, width, 2);
    }
    pen.font = `500 12px ${view.sans}`;
    pen.textBaseline = "alphabetic";
    let free = 0;
    chapters.forEach((chapter, index) => {
      const left = x(chapter.start), room = x(chapter.end) - left - 14;
      if (index) { pen.fillStyle = colours.edge; pen.fillRect(Math.round(left), 3, 1, TOP - 6); }
      const from = index ? left + 6 : 0;
      if (from < free) return;
      const [text, wide] = elided(pen, chapter.title, room);
      pen.fillStyle = colours[index === store.get("chapter") ? "ink" : "soft"];
      if (wide > 22 || text === chapter.title) { write(pen, text, from, 14); free = from + wide + 8; }
    });
    const mix = data().mixes[store.get("mix")];
    mix.findings.forEach((found) => {
      const left = Math.min(view.width - 5, Math.max(5, x(found.start)));
      pen.fillStyle = colours.bad;
      pen.beginPath();
      pen.arc(left, height - 5, 4.5, 0, 7);
      pen.fill();
    });
  });

  const follow = (at) => {
    head.style.transform = `translateX(${x(at)}px)`;
    if (Math.abs(x(at) - drawnAt) >= 1) { drawnAt = x(at); draw(); }
  };
  let drawnAt = -9;

  const place = (event) => {
    const edge = box.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - edge.left) / edge.width)) * data().duration;
  };
  let held = false;
  box.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    held = true;
    if (event.pointerType === "mouse") { box.setPointerCapture(event.pointerId); page.jump(place(event)); }
  });
  box.addEventListener("pointermove", (event) => { if (held && event.pointerType === "mouse") page.jump(place(event)); });
  box.addEventListener("pointerup", (event) => { if (held && event.pointerType !== "mouse") page.jump(place(event)); held = false; });
  box.addEventListener("pointercancel", () => { held = false; });

  store.on("at", follow);
  for (const name of ["chapter", "mix"]) store.on(name, draw);
  store.on("view", ([start, end]) => {
    const whole = end - start >= data().duration * 0.98;
    frame.style.opacity = whole ? 0 : "";
    frame.style.transform = `translateX(${x(Math.max(0, start))}px) scaleX(${(x(Math.min(end, data().duration)) - x(Math.max(0, start))) / view.width})`;
  });
  return { resize() { view.fit(); drawnAt = -9; follow(store.get("at")); draw.now(); }, recolour() { view.recolour(); draw.now(); } };
}
