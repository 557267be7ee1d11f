"use strict";
(() => {
  const one = (what, within = document) => within.querySelector(what);
  const all = (what, within = document) => [...within.querySelectorAll(what)];
  const takes = all(".take:not(.broken)");
  const sounds = all(".sound");
  const players = { a: one("#player-a"), b: one("#player-b") };
  const held = { a: null, b: null };   // the take in each player; b only while two are compared
  let heard = "a";                     // which of the two is not muted
  let current = null;                  // the take that keys act on
  let before = null;                   // the take that was heard before the one in player a
  let playing = false;
  let queue = [];                      // what follows, when all are played in a row
  let levelled = true;
  let round = false;

  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const length = (take) => Number(take.dataset.length);
  const visible = (take) => !take.closest(".sound").hidden;

  function load(slot, take) {
    if (slot === "a" && held.a && held.a !== take) before = held.a;
    held[slot] = take;
    const player = players[slot];
    if (player.getAttribute("src") !== take.dataset.src) player.src = take.dataset.src;
    player.volume = Math.min(1, Number(levelled ? take.dataset.levelled : take.dataset.own));
    player.muted = slot !== heard;
  }

  function play(take, from = 0) {
    if (held.b && take !== held.a && take !== held.b) apart();
    if (!(held.b && take === held.b)) load("a", take);
    choose(take, false);
    for (const slot of held.b ? ["a", "b"] : ["a"]) {
      players[slot].currentTime = Math.min(from, length(held[slot]));
      players[slot].play().catch(() => {});  // another take was asked for before this one began
    }
    playing = true;
    show();
    requestAnimationFrame(tick);
  }

  function stop() {
    players.a.pause();
    players.b.pause();
    playing = false;
    queue = [];
    show();
  }

  function toggle(take) {
    if (playing && (take === held.a || take === held.b)) stop();
    else { queue = []; play(take); }
  }

  function compare(take) {
    if (!held.a || take === held.a) { choose(take, true); toggle(take); return; }
    if (held.b && held.b !== take) mark(held.b, "");
    const from = playing ? players[heard].currentTime : 0;
    heard = "b";
    load("b", take);
    players.a.muted = true;
    queue = [];
    ahead = 0;
    choose(take, false);
    play(take, from < length(take) ? from : 0);
  }

  // With the key: the take that has the focus, or else the one before, since what plays goes along with the arrows.
  function compareHere() {
    const here = document.activeElement.closest(".take:not(.broken)") || current;
    if (!here) return;
    if (held.b && (here === held.a || here === held.b)) swap();
    else if (here !== held.a) compare(here);
    else if (before) compare(before);
  }

  function swap() {
    if (!held.b) return;
    heard = heard === "a" ? "b" : "a";
    players.a.muted = heard !== "a";
    players.b.muted = heard !== "b";
    choose(held[heard], false);
    show();
  }

  function apart() {
    players.b.pause();
    if (held.b && heard === "b") {
      const from = players.b.currentTime, on = playing, take = held.b;
      heard = "a"; held.b = null;
      load("a", take);
      players.a.currentTime = from;
      if (on) players.a.play().catch(() => {});
    }
    heard = "a"; held.b = null;
    players.a.muted = false;
    show();
  }

  function ended() {
    const slots = held.b ? ["a", "b"] : ["a"];
    if (!playing || slots.some((slot) => !players[slot].ended)) return;
    if (queue.length) play(queue.shift());
    else if (round) play(held[heard]);
    else { playing = false; show(); }
  }

  function choose(take, move) {
    if (current && current !== take) current.removeAttribute("aria-current");
    current = take;
    take.setAttribute("aria-current", "true");
    const name = take.closest(".sound").dataset.name;
    for (const link of all(".index a")) {
      if (link.dataset.for !== name) { link.removeAttribute("aria-current"); continue; }
      link.setAttribute("aria-current", "true");
      const list = one(".index"), box = link.getBoundingClientRect(), edge = list.getBoundingClientRect();
      if (box.top < edge.top) list.scrollTop -= edge.top - box.top;
      if (box.bottom > edge.bottom) list.scrollTop += box.bottom - edge.bottom;
    }
    if (move) {
      one(".play", take).focus({ preventScroll: true });
      take.scrollIntoView({ block: "nearest", behavior: still.matches ? "auto" : "smooth" });
    }
    show();
  }

  function go(take) {
    const on = playing;
    if (!take) return;
    choose(take, true);
    if (on) { queue = []; play(take); }
  }

  function step(by) {
    const there = takes.filter(visible);
    go(there[current && visible(current) ? there.indexOf(current) + by : 0]);
  }

  function stepSound(by) {
    const there = sounds.filter((sound) => !sound.hidden && one(".take:not(.broken)", sound));
    const here = current ? there.indexOf(current.closest(".sound")) : -1;
    const to = there[here < 0 ? 0 : here + by];
    if (to) go(one(".take:not(.broken)", to));
  }

  function mark(take, which) {
    const badge = one(".which", take);
    badge.hidden = !which;
    badge.textContent = which.toUpperCase();
    badge.classList.toggle("heard", which === heard);
  }

  function show() {
    for (const take of takes) {
      const slot = take === held.a ? "a" : take === held.b ? "b" : "";
      const sounding = playing && slot === heard;
      one(".play", take).setAttribute("aria-pressed", String(sounding));
      mark(take, held.b ? slot : "");
      if (!slot) one(".playhead", take).hidden = true;
    }
    const take = held[heard] || current;
    one("#now").textContent = take ? take.dataset.label : "nothing yet";
    one("#go").setAttribute("aria-pressed", String(playing));
    one("#go").setAttribute("aria-label", playing ? "Stop" : "Play");
    one("#compare").hidden = !held.b;
    one("#swap").textContent = heard === "a" ? "hear B" : "hear A";
    place();
  }

  function place() {
    for (const slot of ["a", "b"]) {
      if (!held[slot]) continue;
      const head = one(".playhead", held[slot]);
      head.hidden = false;
      head.style.left = `${100 * Math.min(1, players[slot].currentTime / length(held[slot]))}%`;
    }
    if (!held[heard]) return;
    const at = players[heard].currentTime, whole = length(held[heard]);
    if (document.activeElement !== one("#seek") || playing) one("#seek").value = 1000 * at / whole;
    one("#clock").textContent = `${at.toFixed(2)} / ${whole.toFixed(2)}`;
  }

  // Two players never start at quite the same time. The one that is not heard is moved to where the other is, and so
  // much further as it came too late the last time.
  let ahead = 0, aligned = 0;
  function align() {
    const lead = players[heard], other = players[heard === "a" ? "b" : "a"], now = performance.now();
    if (!held.b || now - aligned < 400 || lead.seeking || other.seeking || lead.ended || other.ended) return;
    const behind = lead.currentTime - other.currentTime;
    if (Math.abs(behind) < 0.015) return;
    ahead = Math.max(0, Math.min(0.5, ahead + behind));
    aligned = now;
    if (lead.currentTime + ahead < length(held[heard === "a" ? "b" : "a"])) other.currentTime = lead.currentTime + ahead;
  }

  function tick() {
    if (!playing) return;
    align();
    place();
    if (still.matches) setTimeout(() => requestAnimationFrame(tick), 200);
    else requestAnimationFrame(tick);
  }

  function level() {
    levelled = !levelled;
    for (const slot of ["a", "b"]) if (held[slot]) load(slot, held[slot]);
    one("#level").setAttribute("aria-pressed", String(levelled));
    one("#level").textContent = levelled ? "equal loudness" : "own level";
  }

  function goRound() {
    round = !round;
    one("#round").setAttribute("aria-pressed", String(round));
  }

  function filter() {
    const words = one("#filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const sound of sounds) {
      sound.hidden = !words.every((word) => sound.dataset.find.includes(word));
      count += sound.hidden ? 0 : 1;
    }
    const shown = new Set(sounds.filter((sound) => !sound.hidden).map((sound) => sound.dataset.name));
    for (const link of all(".index a")) link.parentElement.hidden = !shown.has(link.dataset.for);
    for (const group of all(".kind")) group.hidden = !one(".sound:not([hidden])", group);
    for (const group of all(".index section")) group.hidden = !one("li:not([hidden])", group);
    one("#nothing").hidden = count > 0;
    one("#found").textContent = words.length ? `${count} of ${sounds.length} sounds`
      : `${sounds.length} sounds, ${takes.length} takes`;
  }

  for (const take of takes) {
    one(".label .play", take).addEventListener("click", (event) => event.shiftKey ? compare(take) : toggle(take));
    one(".pictures", take).addEventListener("click", (event) => {
      const box = event.currentTarget.getBoundingClientRect();
      const at = length(take) * Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
      if (event.shiftKey) compare(take);
      else { queue = []; play(take, at); }
    });
  }
  for (const button of all(".row")) {
    button.addEventListener("click", () => {
      queue = all(".take:not(.broken):not(.wide)", button.closest(".sound"));
      play(queue.shift());
    });
  }
  for (const link of all(".index a")) {
    link.addEventListener("click", () => {
      const sound = sounds.find((there) => there.dataset.name === link.dataset.for);
      const first = sound && one(".take:not(.broken)", sound);
      if (first) choose(first, false);
      if (sound) sound.scrollIntoView({ block: "start" });
    });
  }
  players.a.addEventListener("ended", ended);
  players.b.addEventListener("ended", ended);
  one("#go").addEventListener("click", () => { const take = held[heard] || current || takes.find(visible); if (take) toggle(take); });
  one("#swap").addEventListener("click", swap);
  one("#apart").addEventListener("click", apart);
  one("#level").addEventListener("click", level);
  one("#round").addEventListener("click", goRound);
  one("#filter").addEventListener("input", filter);
  one("#seek").addEventListener("input", (event) => {
    for (const slot of ["a", "b"]) {
      if (held[slot]) players[slot].currentTime = Number(event.target.value) / 1000 * length(held[heard]);
    }
    place();
  });

  const keys = {
    ArrowLeft: () => step(-1), ArrowRight: () => step(1), ArrowUp: () => stepSound(-1), ArrowDown: () => stepSound(1),
    " ": () => { const take = current || takes.find(visible); if (take) { choose(take, true); toggle(take); } },
    c: compareHere, x: swap, l: level, r: goRound, Escape: stop,
    "/": () => { one("#filter").focus(); one("#filter").select(); },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const there = event.target;
    if (there.id === "filter") {
      if (event.key === "Escape" || event.key === "Enter") {
        if (event.key === "Escape") { there.value = ""; filter(); }
        there.blur();
        event.preventDefault();
      }
      return;
    }
    if (there.matches("input") && event.key.startsWith("Arrow")) return;
    if (there.matches("button, summary, a") && event.key === " ") return;  // it has its own meaning there
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
