// Short-term loudness over the episode: the curve of the mix that is heard, what its profile asks, and what was found.
function createLoudness(page) {
  const { store, data } = page;
  const box = document.getElementById("loudness"), head = box.querySelector(".head");
  const view = createCanvas(box), LEFT = 34, FOOT = 20, TOP = 20, HIGH = -6, LOW = -48;
  const x = (seconds) => LEFT + (seconds / data().duration) * (view.width - LEFT);
  const y = (lufs) => TOP + ((HIGH - Math.min(HIGH, Math.max(LOW, lufs))) / (HIGH - LOW)) * (view.height - TOP - FOOT);

  const draw = onFrame(() => {
    const { pen, width, height, colours } = view, mix = data().mixes[store.get("mix")], foot = height - FOOT;
    view.begin();
    pen.font = `400 11.5px ${view.sans}`;
    pen.textBaseline = "middle";
    for (let lufs = -10; lufs >= LOW; lufs -= 10) {
      pen.fillStyle = colours.line;
      pen.fillRect(LEFT, Math.round(y(lufs)), width - LEFT, 1);
      pen.fillStyle = colours.soft;
      pen.textAlign = "right";
      pen.fillText(`−${-lufs}`, LEFT - 8, y(lufs));
    }
    pen.textAlign = "center";
    for (const at of ruler(0, data().duration, width - LEFT, 90)) if (x(at) < width - 16) { pen.fillStyle = colours.soft; pen.fillText(clock(at), Math.max(LEFT + 12, x(at)), height - 8); }
    pen.textAlign = "left";
    if (mix.target !== null) {
      const high = y(mix.target + mix.tolerance), low = y(mix.target - mix.tolerance), tall = Math.max(2, low - high);
      pen.globalAlpha = 0.28;
      pen.fillStyle = colours.good;
      pen.fillRect(LEFT, (high + low) / 2 - tall / 2, width - LEFT, tall);
      pen.globalAlpha = 1;
    }
    curve(mix, foot);
    if (mix.target !== null) {
      pen.font = `500 11.5px ${view.sans}`;
      const said = `${String(mix.target).replace("-", "−")} ±${mix.tolerance} LUFS for the whole`, wide = pen.measureText(said).width;
      pen.fillStyle = colours.page;
      pen.globalAlpha = 0.85;
      pen.fillRect(width - wide - 10, y(mix.target) - 25, wide + 10, 17);
      pen.globalAlpha = 1;
      pen.fillStyle = colours.good;
      pen.fillText(said, width - wide - 4, y(mix.target) - 16);
    }
    pen.font = `700 11px ${view.sans}`;
    pen.textAlign = "center";
    mix.findings.forEach((found, index) => {
      const at = Math.min(width - 9, Math.max(LEFT + 9, x(found.start)));
      pen.fillStyle = colours.bad;
      pen.fillRect(at - 0.75, 9, 1.5, foot - 9);
      pen.beginPath();
      pen.arc(at, 9, 9, 0, 7);
      pen.fill();
      pen.fillStyle = colours.page;
      pen.fillText(String(index + 1), at, 9.5);
    });
    pen.textAlign = "left";
    const whole = mix.whole === null ? "silent" : `${mix.whole.toFixed(1).replace("-", "−")} LUFS`;
    const asked = mix.target === null ? "" : `; asked for are ${mix.target} LUFS, ±${mix.tolerance}`;
    view.canvas.setAttribute("aria-label", `Loudness over time of ${mix.title}: as a whole ${whole}${asked}; ${mix.findings.length || "no"} findings`);
  });

  function curve(mix, foot) {
    const { pen, colours, width } = view, count = mix.short.length, line = new Path2D(), area = new Path2D();
    const every = Math.max(1, Math.floor(count / (width * 1.5)));
    let drawing = false, last = 0;
    for (let index = 0; index < count; index += every) {
      let value = null;
      for (let at = index; at < Math.min(count, index + every); at++) if (mix.short[at] !== null && (value === null || mix.short[at] > value)) value = mix.short[at];
      const px = x(Math.min(data().duration, index * mix.step)), py = value === null ? foot : y(value);
      if (value === null) { if (drawing) { area.lineTo(last, foot); drawing = false; } continue; }
      if (!drawing) { line.moveTo(px, py); area.moveTo(px, foot); area.lineTo(px, py); drawing = true; }
      line.lineTo(px, py);
      area.lineTo(px, py);
      last = px;
    }
    if (drawing) area.lineTo(last, foot);
    pen.fillStyle = colours.glow;
    pen.globalAlpha = 0.7;
    pen.fill(area);
    pen.globalAlpha = 1;
    pen.strokeStyle = colours.accent;
    pen.lineWidth = 1.6;
    pen.lineJoin = "round";
    pen.stroke(line);
  }

  const follow = (at) => { head.style.transform = `translateX(${x(at)}px)`; };
  box.addEventListener("click", (event) => {
    const edge = box.getBoundingClientRect(), px = event.clientX - edge.left, mix = data().mixes[store.get("mix")];
    const pin = event.clientY - edge.top < 20 && mix.findings.find((found) => Math.abs(x(found.start) - px) < 11);
    page.jump(pin ? pin.start : Math.max(0, ((px - LEFT) / (view.width - LEFT)) * data().duration));
  });
  store.on("at", follow);
  store.on("mix", (index) => {
    const name = data().mixes[index].name;
    for (const part of document.querySelectorAll(".of-mix")) part.hidden = part.dataset.mix !== name;
    draw();
  });
  return { resize() { view.fit(); follow(store.get("at")); draw.now(); }, recolour() { view.recolour(); draw.now(); } };
}
