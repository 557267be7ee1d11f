// A stretch of the episode with everything in it by name: speech, sounds, music and beds, each in lanes of its own.
function createLanes(page) {
  const { store, data } = page;
  const box = document.getElementById("lanes"), head = box.querySelector(".head"), tip = box.querySelector(".tip");
  const view = createCanvas(box), calm = matchMedia("(prefers-reduced-motion: reduce)");
  const RULER = 26, WAVE = 54, ROW = 25, GAP = 9, EDGE = 12, LEAST_S = 6, HEAD = 0.36;
  const KINDS = [["speech", 2], ["sound", 4], ["music", 2], ["bed", 4]]; // and the most rows of each
  let rows = [], span = 40, left = 0, own = false, hits = [], over = null, drag = null;

  // Every clip gets the first row of its kind that is free; where there are not so many, the one that is free first.
  function pack() {
    rows = [];
    for (const [kind, most] of KINDS) {
      const ends = [], made = [];
      for (const clip of data().clips) {
        if (clip.kind !== kind) continue;
        let row = ends.findIndex((end) => end <= clip.start + 0.001);
        if (row < 0) row = ends.length < most ? ends.length : ends.indexOf(Math.min(...ends));
        ends[row] = Math.max(ends[row] || 0, clip.end);
        (made[row] = made[row] || []).push(clip);
      }
      made.forEach((clips, row) => rows.push({ kind, clips, first: row === 0 }));
    }
    // what may still be sounding when a later clip begins: the latest end of all before it
    for (const row of rows) { let end = 0; row.ends = row.clips.map((clip) => (end = Math.max(end, clip.end))); }
  }

  const x = (seconds) => ((seconds - left) / span) * view.width;
  const time = (pixels) => left + (pixels / view.width) * span;
  const tallness = () => RULER + WAVE + rows.reduce((sum, row) => sum + ROW + (row.first ? GAP : 0), 0) + EDGE;

  const draw = onFrame(() => {
    const { pen, width, height, colours } = view, { wave, duration } = data();
    if (!width) return;
    view.begin();
    hits = [];
    const right = left + span;
    pen.textBaseline = "middle";
    pen.font = `400 11.5px ${view.sans}`;
    pen.fillStyle = colours.line;
    const times = ruler(Math.max(0, left), Math.min(right, duration), width, 84);
    for (const at of times) pen.fillRect(Math.round(x(at)), RULER - 4, 1, height);
    pen.fillStyle = colours.soft;
    for (const at of times) pen.fillText(clock(at), Math.round(x(at)) + 5, 13);
    pen.fillStyle = colours.edge;
    data().chapters.forEach((chapter, index) => { if (index && chapter.start > left && chapter.start < right) pen.fillRect(Math.round(x(chapter.start)), 0, 1, height); });
    const middle = RULER + WAVE / 2, step = 2;
    if (wave) {
      for (const [values, colour, share] of [[wave.peak, "wave", 1], [wave.body, "wave-body", 0.9]]) {
        pen.fillStyle = colours[colour];
        pen.beginPath();
        for (let at = Math.max(0, Math.floor(x(0))); at < Math.min(width, x(duration)); at += step) {
          const tall = Math.max(0.4, levelHeight[highest(values, wave.step, time(at), time(at + step))] * share * WAVE * 0.5);
          pen.rect(at, middle - tall, step, tall * 2);
        }
        pen.fill();
      }
    }
    let top = RULER + WAVE;
    for (const row of rows) {
      top += row.first ? GAP : 0;
      drawRow(row, top, right);
      top += ROW;
    }
  });

  function drawRow(row, top, right) {
    const { pen, width, colours } = view, at = store.get("at");
    const edge = colours[`${row.kind}-edge`], tall = ROW - 4;
    let index = lastBegun(row.ends.length, (one) => row.ends[one], left) + 1;
    for (; index < row.clips.length && row.clips[index].start < right; index++) {
      const clip = row.clips[index], next = row.clips[index + 1];
      const from = x(clip.start), wide = Math.max(3, x(clip.end) - from), shown = Math.max(0, from);
      const until = Math.min(width, from + wide), inside = until - shown, sounding = at >= clip.start && at < clip.end;
      pen.fillStyle = colours[row.kind];
      pen.beginPath();
      pen.roundRect(from, top, wide, tall, Math.min(4, wide / 2));
      pen.fill();
      if (clip.moves) course(clip, top, tall, edge);
      pen.fillStyle = edge;
      if (clip.hits && wide > 24) {
        let last = -9;
        for (const hit of clip.hits) { const tick = x(hit); if (tick - last >= 3 && tick >= from && tick < from + wide) { pen.fillRect(Math.round(tick), top + tall - 5, 1.5, 5); last = tick; } }
      }
      pen.fillRect(from, top, Math.min(3, wide), tall);
      if (sounding || over === clip.id) { pen.lineWidth = 1.5; pen.strokeStyle = edge; pen.beginPath(); pen.roundRect(from + 0.75, top + 0.75, Math.max(1.5, wide - 1.5), tall - 1.5, 4); pen.stroke(); }
      pen.font = `500 12px ${view.sans}`;
      const title = row.kind === "speech" && inside > 90 ? `${clip.name}  ` : clip.name;
      const free = next ? Math.max(inside, Math.min(width, x(next.start)) - shown) : width - shown;
      const small = inside < 56 && row.kind !== "speech", room = (small ? free - (inside < 20 ? inside : 0) : inside) - 15;
      if (inside > 0 && room > 18) {
        const [text, taken] = elided(pen, title, room);
        const begin = shown + (small && inside < 20 ? inside : 3) + 5;
        pen.fillStyle = colours.ink;
        write(pen, text, begin, top + tall / 2 + 0.5);
        if (row.kind === "speech" && room - taken > 40 && text === title) {
          pen.font = `italic 400 13px ${view.serif}`;
          pen.fillStyle = colours.soft;
          write(pen, elided(pen, page.text(clip.id), room - taken - 4)[0], begin + taken + 2, top + tall / 2 + 0.5);
        }
      }
      hits.push({ clip, from: Math.max(0, from - 2), to: Math.max(from + wide, from + 8) + 2, top, bottom: top + ROW });
    }
  }

  // How loud a bed is over time, as a line at its foot, under its name: 33 LU high.
  function course(clip, top, tall, colour) {
    const { pen } = view, y = (lu) => top + tall - 1 - Math.min(1, Math.max(0, (lu + 33) / 33)) * 8;
    pen.save();
    pen.beginPath();
    pen.rect(x(clip.start), top, x(clip.end) - x(clip.start), tall);
    pen.clip();
    pen.globalAlpha = 0.55;
    pen.strokeStyle = colour;
    pen.lineWidth = 1.25;
    pen.beginPath();
    pen.moveTo(x(clip.start), y(clip.moves[0][1]));
    for (const [at, lu] of clip.moves) pen.lineTo(x(at), y(lu));
    pen.lineTo(x(clip.end), y(clip.moves[clip.moves.length - 1][1]));
    pen.stroke();
    pen.restore();
  }

  function look(start, length = span) {
    span = Math.min(Math.max(LEAST_S, length), Math.max(LEAST_S, data().duration));
    left = Math.max(0, Math.min(start, data().duration - span));
    store.set("view", [left, left + span]);
    put();
    draw();
  }
  const put = () => { head.style.transform = `translateX(${x(store.get("at"))}px)`; };

  let sounding = "";
  function follow(at) {
    if (own && (at < left || at > left + span || store.get("playing")) && performance.now() > own) own = false;
    if (!own && span < data().duration) {
      if (calm.matches) { if (at < left || at > left + span * 0.9) look(at - span * 0.08); } else { look(at - span * HEAD); return; }
    }
    put();
    const now = data().clips.reduce((ids, clip) => (at >= clip.start && at < clip.end ? `${ids} ${clip.id}` : ids), "");
    if (now !== sounding) { sounding = now; draw(); }
  }

  function zoom(times, around = 0.5) {
    const held = own ? left + span * around : store.get("at"), share = own ? around : HEAD;
    look(held - span * times * share, span * times);
  }

  const found = (event) => {
    const edge = box.getBoundingClientRect(), px = event.clientX - edge.left, py = event.clientY - edge.top;
    return hits.filter((one) => px >= one.from && px <= one.to && py >= one.top && py < one.bottom).pop();
  };
  const hold = (ms) => { own = performance.now() + ms; };

  box.addEventListener("pointerdown", (event) => { if (!event.button) drag = { x: event.clientX, left, moved: false, id: event.pointerId }; });
  box.addEventListener("pointermove", (event) => {
    if (drag && (drag.moved || Math.abs(event.clientX - drag.x) > 5)) {
      if (!drag.moved) { drag.moved = true; box.setPointerCapture(drag.id); box.classList.add("dragging"); }
      hold(4000);
      look(drag.left - ((event.clientX - drag.x) / view.width) * span);
      tip.hidden = true;
      return;
    }
    if (event.pointerType === "mouse") hover(event);
  });
  const dropped = (event) => {
    const clicked = drag && !drag.moved && event.type === "pointerup";
    drag = null;
    box.classList.remove("dragging");
    if (!clicked) return;
    const hit = found(event);
    own = false;
    if (hit) page.pick(hit.clip.id, hit.clip.kind, hit.clip.start);
    else page.jump(time(event.clientX - box.getBoundingClientRect().left));
  };
  box.addEventListener("pointerup", dropped);
  box.addEventListener("pointercancel", dropped);
  box.addEventListener("pointerleave", () => { tip.hidden = true; if (over) { over = null; draw(); } });
  box.addEventListener("wheel", (event) => {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const edge = box.getBoundingClientRect();
      hold(4000);
      zoom(Math.exp(event.deltaY * 0.004), (event.clientX - edge.left) / edge.width);
    } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey) {
      event.preventDefault();
      hold(4000);
      look(left + ((event.deltaX || event.deltaY) / view.width) * span);
    }
  }, { passive: false });

  function hover(event) {
    const hit = found(event), now = hit ? hit.clip.id : null;
    box.classList.toggle("over", Boolean(hit));
    if (now !== over) { over = now; draw(); }
    tip.hidden = !hit;
    if (!hit) return;
    const { clip } = hit, edge = box.getBoundingClientRect(), name = document.createElement("b"), rest = document.createElement("span");
    name.textContent = clip.name;
    const level = clip.kind === "speech" ? "" : ` · ${clip.level > 0 ? "+" : ""}${clip.level} LU`.replace("-", "−");
    rest.textContent = `${clock(clip.start)} · ${(clip.end - clip.start).toFixed(1)} s${level}`;
    tip.replaceChildren(name, rest);
    const px = Math.min(event.clientX - edge.left + 14, view.width - tip.offsetWidth - 8);
    const below = event.clientY - edge.top + 20, py = below + tip.offsetHeight > view.height ? below - tip.offsetHeight - 34 : below;
    tip.style.transform = `translate(${Math.max(4, px)}px, ${Math.max(4, py)}px)`;
  }

  store.on("at", follow);
  store.on("playing", (playing) => { if (playing) own = false; });
  pack();
  return {
    zoom,
    resize() { span = span || 40; view.fit(tallness()); box.style.height = `${tallness()}px`; look(own ? left : store.get("at") - span * HEAD); draw.now(); },
    start() { span = Math.min(data().duration, innerWidth < 640 ? 14 : 34); },
    recolour() { view.recolour(); draw.now(); },
    read() { pack(); },
  };
}
