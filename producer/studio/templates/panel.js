// The studio's panel beside the listening page: what is being made, mistakes, mute and solo, and one cue at hand.
"use strict";
(() => {
  const about = JSON.parse(document.getElementById("studio-data").textContent);
  const page = window.producerPage || null;
  let state = about.state, heard = state.version, sound = state.sound, side = "a", cue = null;
  const mute = new Set(), solo = new Set();

  // ---- small helpers: text is only ever text
  function make(tag, options = {}, ...children) {
    const { cls, ...rest } = options, element = document.createElement(tag);
    if (cls) element.className = cls;
    for (const [name, value] of Object.entries(rest)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (name in element && typeof value !== "string") element[name] = value;
      else element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }
  async function ask(path, body) {
    const answer = await fetch(path, body === undefined ? {} : {
      method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json", "x-producer-token": about.token } });
    const found = await answer.json().catch(() => ({ error: `no answer (${answer.status})` }));
    if (!answer.ok) throw new Error(found.error || `no answer (${answer.status})`);
    return found;
  }
  const shifted = (moves) => (at) => {
    let shift = 0;
    for (const [from, to] of moves) { if (from / 1000 > at + 0.001) break; shift = (to - from) / 1000; }
    return Math.max(0, at + shift);
  };
  const back = (moves) => shifted(moves.map(([from, to]) => [to, from]));
  const signed = (number, unit) => `${number > 0 ? "+" : number < 0 ? "−" : ""}${Math.abs(number)} ${unit}`;

  // ---- the panel itself
  const light = make("span", { cls: "studio-light", "aria-hidden": "true" });
  const word = make("span", { cls: "studio-word", role: "status" });
  const bar = make("span", { cls: "studio-bar", "aria-hidden": "true" }, make("span"));
  const fold = make("button", { type: "button", cls: "studio-fold", "aria-expanded": "true", "aria-controls": "studio-body", onclick: () => folded(!panel.classList.contains("folded")) }, "Studio");
  const compare = make("div", { cls: "studio-compare", role: "group", "aria-label": "Compare", hidden: true });
  const cueBox = make("section", { cls: "studio-cue", "aria-label": "Cue", hidden: true });
  const names = make("section", { cls: "studio-names", "aria-label": "Mute and solo" });
  const hint = make("p", { cls: "studio-hint" }, "Choose a sound in the lanes or in the list to change its level, side or time.");
  const panel = make("aside", { id: "studio", "aria-label": "Studio" },
    make("div", { cls: "studio-head" }, fold, light, word, bar),
    make("div", { id: "studio-body" }, compare, cueBox, hint, names));
  const overlay = make("section", { id: "studio-problems", role: "alert", "aria-label": "Problems", hidden: true });
  document.body.append(overlay);
  if (page) { document.body.append(panel); document.body.classList.add("has-studio"); }
  function folded(yes) {
    panel.classList.toggle("folded", yes);
    document.body.classList.toggle("studio-is-folded", yes);
    fold.setAttribute("aria-expanded", String(!yes));
  }
  if (matchMedia("(max-width: 60rem)").matches) folded(true);

  // ---- what is being made, and mistakes
  function tell() {
    const wrong = state.problems.length, many = wrong === 1 ? "1 problem" : `${wrong} problems`;
    const percent = state.doing && state.done ? ` ${Math.round(state.done * 100)} %` : "";
    word.textContent = wrong ? many : state.doing ? `${state.doing}${percent}` : state.whole === state.version && state.whole ? "up to date, finished" : "up to date";
    light.dataset.is = wrong ? "wrong" : state.doing ? "busy" : "good";
    bar.hidden = !state.doing;
    bar.firstChild.style.inlineSize = `${Math.round(state.done * 100)}%`;
    const wait = document.querySelector(".studio-wait");
    if (wait) wait.textContent = wrong ? `There ${wrong === 1 ? "is" : "are"} ${many}. Save the script again when ${wrong === 1 ? "it is" : "they are"} mended.` : `${state.doing || "getting ready"}${percent} …`;
  }
  let shownProblems = "";
  function complain() {
    const said = JSON.stringify(state.problems);
    if (said === shownProblems) return;
    shownProblems = said;
    overlay.hidden = !state.problems.length;
    if (overlay.hidden) { overlay.replaceChildren(); return; }
    const many = state.problems.length === 1 ? "One thing keeps this save from being heard" : `${state.problems.length} things keep this save from being heard`;
    overlay.replaceChildren(
      make("div", { cls: "studio-head" }, make("h2", {}, many), make("button", { type: "button", cls: "studio-plain", onclick: () => { overlay.hidden = true; } }, "Hide")),
      make("p", { cls: "studio-keeps" }, heard ? "What was heard before it plays on." : "There is nothing to hear yet."),
      make("ol", {}, ...state.problems.map((one) => make("li", {},
        one.where ? make("p", { cls: "studio-where" }, one.where) : null,
        make("p", { cls: "studio-what", dir: "auto" }, one.what),
        one.quoted ? quote(one) : null,
        one.mended ? make("pre", { cls: "studio-mended" }, one.mended) : null))));
  }
  function quote(one) {
    const at = Math.min(Math.max(0, one.column - 1), one.quoted.length), characters = [...one.quoted];
    const indent = Math.min(at, one.quoted.length - one.quoted.trimStart().length);
    return make("pre", { cls: "studio-quote" }, make("span", { cls: "studio-number" }, String(one.line)), characters.slice(indent, at).join(""), make("mark", {}, characters.slice(at).join("") || " "));
  }

  // ---- the sound: a version, without what is muted
  const address = (number) => {
    const query = new URLSearchParams();
    if (mute.size) query.set("mute", [...mute].sort().join(","));
    if (solo.size) query.set("solo", [...solo].sort().join(","));
    return `./audio/${number}.wav${query.size ? `?${query}` : ""}`;
  };
  let asked = "";
  function play(number, shift) {
    const to = address(number);
    if (to === asked) return Promise.resolve(true);
    asked = to;
    return page.player.renew(0, to, shift).then((taken) => { if (taken) document.dispatchEvent(new CustomEvent("producer:heard", { detail: { version: number } })); return taken; });
  }

  // ---- a version was made: its sound first, then what is read of it
  let reading = 0;
  async function renewed(before) {
    const shift = shifted(state.moved), number = state.version, alike = state.sound === sound && !state.moved.length;
    heard = number;
    sound = state.sound;
    const was = side;
    side = "a";
    const jump = was === "b" ? (at) => at : shift;
    if (!alike || was === "b") await play(number, jump);
    await read(number, before);
  }
  async function read(number) {
    const mine = ++reading;
    const text = await fetch("/").then((answer) => answer.text()).catch(() => "");
    if (mine !== reading || !text) return;
    const fresh = new DOMParser().parseFromString(text.replace(/<style>[^]*?<\/style>/g, ""), "text/html"), whole = fresh.querySelector(".figures dd") !== null;
    const put = (selector, all = false) => {
      const from = fresh.querySelector(selector), to = document.querySelector(selector);
      if (from && to) to.replaceChildren(...from.childNodes);
      else if (to && all) to.replaceChildren();
    };
    const scrolled = document.getElementById("transcript").scrollTop;
    put("#transcript");
    document.getElementById("transcript").scrollTop = scrolled;
    for (const selector of ["h1", ".mast .summary", ".mast .show"]) put(selector);
    chapters(fresh);
    put(".credits");
    if (whole) for (const [from, to] of pairs(fresh, ".of-mix")) to.replaceChildren(...from.childNodes);
    const data = JSON.parse(fresh.getElementById("data").textContent);
    if (!whole && raw) { data.wave = raw.wave; data.mixes = raw.mixes; } // measured of the last whole, until this one is finished
    else if (raw) data.mixes = data.mixes.slice(0, raw.mixes.length);
    raw = data;
    document.getElementById("seek").max = (data.duration / 1000).toFixed(1);
    document.dispatchEvent(new CustomEvent("producer:data", { detail: { ...data, stay: true } }));
    if (cue) pick(cue.clip, true);
  }
  // What stays keeps its button, and with it the focus; the list itself comes and goes with its first chapter.
  function chapters(fresh) {
    const from = fresh.getElementById("chapters"), to = document.getElementById("chapters");
    if (!from) { if (to) to.closest("nav").remove(); return; }
    if (!to) { document.querySelector(".beside").prepend(from.closest("nav")); return; }
    const kept = [...to.children], news = [...from.children];
    for (const gone of kept.slice(news.length)) gone.remove();
    news.forEach((item, index) => {
      if (!kept[index]) { to.append(item); return; }
      kept[index].querySelector("button").dataset.at = item.querySelector("button").dataset.at;
      for (const part of [".time", "bdi"]) kept[index].querySelector(part).textContent = item.querySelector(part).textContent;
    });
  }
  const pairs = (fresh, selector) => {
    const from = [...fresh.querySelectorAll(selector)], to = [...document.querySelectorAll(selector)];
    return from.length === to.length ? from.map((one, index) => [one, to[index]]) : [];
  };
  let raw = page ? JSON.parse(document.getElementById("data").textContent) : null;

  // ---- mute and solo
  const TITLES = { speech: "Speech", sounds: "Sounds", beds: "Beds", music: "Music" };
  let listed = "";
  function list() {
    const said = JSON.stringify(state.names);
    if (said === listed) return;
    listed = said;
    const open = new Set([...names.querySelectorAll("[aria-expanded=true]")].map((one) => one.dataset.bus));
    names.replaceChildren(make("h2", {}, "Mute and solo"), ...Object.entries(state.names).map(([bus, each]) => {
      const under = make("ul", { id: `studio-of-${bus}`, hidden: !open.has(bus) }, ...each.map((name) => make("li", {}, row(`${bus}/${name}`, name.replaceAll("_", " ")))));
      const title = TITLES[bus] || bus, kind = { sounds: "sound", beds: "bed" }[bus] || bus;
      const opener = make("button", { type: "button", cls: "studio-name", "data-bus": bus, "aria-expanded": String(open.has(bus)), "aria-controls": under.id,
        onclick: () => { under.hidden = !under.hidden; opener.setAttribute("aria-expanded", String(!under.hidden)); } }, title);
      return make("div", {}, row(bus, title, `studio-bus of-${kind}`, opener), under);
    }));
    pressed();
  }
  function row(name, title, cls = "", first = null) {
    const button = (set, letter, says) => make("button", { type: "button", cls: `studio-${says}`, "data-name": name, "data-set": says, "aria-pressed": "false", title: `${says} ${title}`,
      onclick: () => { if (!set.delete(name)) set.add(name); pressed(); select(); } }, letter, make("span", { cls: "hidden" }, ` ${says} ${title}`));
    return make("span", { cls: `studio-row ${cls}` }, first || make("bdi", { cls: "studio-name" }, title), button(mute, "M", "mute"), button(solo, "S", "solo"));
  }
  function pressed() {
    for (const button of names.querySelectorAll("[data-set]")) button.setAttribute("aria-pressed", String((button.dataset.set === "mute" ? mute : solo).has(button.dataset.name)));
  }
  const select = () => play(side === "b" && state.trial ? state.trial : heard, (at) => at);

  // ---- A and B
  function offer() {
    compare.hidden = !state.trial;
    if (!state.trial) return;
    const choose = (which, title) => make("button", { type: "button", "aria-pressed": String(side === which), "data-side": which, onclick: () => hear(which) }, make("b", {}, which.toUpperCase()), ` ${title}`);
    compare.replaceChildren(choose("a", "as it is saved"), choose("b", state.trying), make("button", { type: "button", cls: "studio-plain", onclick: () => hear("a").then(() => ask("/forget", {})) }, "Leave B"));
  }
  let awaited = 0; // a trial that is to be heard as soon as it is known of
  function arrived() {
    if (!awaited || state.trial !== awaited) return;
    awaited = 0;
    if (side === "b") { offer(); play(state.trial, (at) => at); } else hear("b");
  }
  async function hear(which) {
    if (which === side || (which === "b" && !state.trial)) return;
    const moves = state.trialMoved || [], to = which === "b" ? shifted(moves) : back(moves);
    side = which;
    offer();
    await play(which === "b" ? state.trial : heard, to);
  }

  // ---- one cue
  const RANGES = { level: [-48, 6, 0.5], pan: [-100, 100, 1], at: [-3, 3, 0.01] };
  const SAYS = { level: "Level", pan: "Side", at: "Time" };
  const shownAs = { level: (v) => signed(v, "LU"), pan: (v) => (v === 0 ? "centre" : `${v < 0 ? "left" : "right"} ${Math.abs(v)}`), at: (v) => signed(Math.round(v * 1000), "ms") };
  async function pick(clip, quietly = false) {
    try {
      const found = await ask(`/cue?version=${state.version}&clip=${encodeURIComponent(clip)}`);
      if (quietly && (!cue || cue.clip !== clip)) return;
      cue = found;
      show();
      if (!quietly) folded(false);
    } catch (wrong) { if (!quietly) { cue = null; cueBox.hidden = false; cueBox.replaceChildren(make("p", { cls: "studio-refused" }, wrong.message)); } }
  }
  function show() {
    hint.hidden = true;
    cueBox.hidden = false;
    const line = make("pre", { cls: "studio-line", "aria-live": "polite" }), said = make("p", { cls: "studio-refused", role: "status" });
    const [hearIt, copy, write] = [["Hear it", "studio-plain"], ["Copy the line", "studio-plain"], ["Write it", "studio-main"]].map(([title, cls]) => make("button", { type: "button", cls, disabled: true }, title));
    let wanted = null, turn = 0;
    const body = () => ({ version: state.version, clip: cue.clip, key: wanted.key, value: wanted.value });
    async function moved(key, value) {
      wanted = { key, value };
      const mine = ++turn;
      try {
        const found = await ask("/nudge", body());
        if (mine !== turn) return;
        line.replaceChildren(make("span", { cls: "studio-number" }, String(found.line)), differing(found.before, found.after));
        line.dataset.text = found.after;
        said.textContent = "";
        for (const button of [hearIt, copy, write]) button.disabled = false;
      } catch (wrong) { if (mine === turn) { said.textContent = wrong.message; for (const button of [hearIt, copy, write]) button.disabled = true; } }
    }
    const attempt = (body) => ask("/try", body).then(({ trial }) => { awaited = trial; arrived(); }).catch((wrong) => { said.textContent = wrong.message; });
    hearIt.addEventListener("click", () => attempt(body()));
    copy.addEventListener("click", () => navigator.clipboard.writeText(line.dataset.text.trim()).then(() => { said.textContent = "Copied."; }, () => { getSelection().selectAllChildren(line); said.textContent = "Copy it from here."; }));
    write.addEventListener("click", () => ask("/write", body()).then((done) => { said.textContent = `Written: line ${done.line} of ${done.file}.`; for (const button of [hearIt, write]) button.disabled = true; }, (wrong) => { said.textContent = wrong.message; }));
    const sliders = Object.entries(RANGES).map(([key, [low, high, step]]) => {
      const refused = cue.refused[key], value = cue.values[key], out = make("output", {}, shownAs[key](value));
      const input = make("input", { type: "range", min: String(Math.min(low, value)), max: String(Math.max(high, value)), step: String(step), value: String(value), "data-key": key, "aria-label": `${SAYS[key]} of ${cue.name}`, "aria-valuetext": shownAs[key](value), disabled: Boolean(refused),
        oninput: () => { const now = Number(input.value); out.textContent = shownAs[key](now); input.setAttribute("aria-valuetext", shownAs[key](now)); moved(key, now); } });
      input.value = String(value);
      return make("label", { cls: "studio-slider" }, make("span", {}, SAYS[key]), input, out, refused ? make("small", {}, refused) : null);
    });
    const packs = cue.packs.filter((pack) => pack !== cue.pack);
    const chosen = make("select", { "aria-label": "Pack" }, ...packs.map((pack) => make("option", { value: pack }, pack)));
    cueBox.replaceChildren(
      make("div", { cls: "studio-head" }, make("h2", { cls: `of-${cue.kind}` }, make("bdi", {}, cue.name.replaceAll("_", " "))), make("p", { cls: "studio-where" }, cue.where),
        make("button", { type: "button", cls: "studio-plain", onclick: () => { cue = null; cueBox.hidden = true; hint.hidden = false; } }, "Close")),
      ...sliders, line, make("div", { cls: "studio-buttons" }, hearIt, copy, write), said,
      ...(packs.length ? [make("div", { cls: "studio-pack" }, make("span", {}, cue.pack ? `From ${cue.pack}; try` : "Try"), chosen, make("button", { type: "button", cls: "studio-plain", onclick: () => attempt({ version: state.version, clip: cue.clip, pack: chosen.value }) }, "Hear it"))] : []));
  }
  // A line with what is new in it marked.
  function differing(before, after) {
    let low = 0, high = 0;
    while (low < after.length && before[low] === after[low]) low++;
    while (high < Math.min(after.length, before.length) - low && before[before.length - 1 - high] === after[after.length - 1 - high]) high++;
    const indent = Math.min(low, after.length - after.trimStart().length);
    return make("span", {}, after.slice(indent, low), make("mark", {}, after.slice(low, after.length - high)), after.slice(after.length - high));
  }

  // ---- news
  function news(told) {
    const before = state;
    state = told;
    tell();
    complain();
    if (!page) { if (state.version) location.reload(); return; }
    list();
    if (side === "b" && before.trial && !state.trial && state.version === before.version) side = "a";
    if (state.version !== heard) renewed(before);
    else if (state.whole !== before.whole) read(heard);
    offer();
    arrived();
  }
  const source = new EventSource("/events");
  source.addEventListener("message", (event) => news(JSON.parse(event.data)));
  source.addEventListener("error", () => { light.dataset.is = "wrong"; word.textContent = "the studio has ended"; });
  tell();
  complain();
  if (page) {
    list();
    offer();
    document.addEventListener("producer:pick", ({ detail }) => { pick(detail.clip); });
    page.player.pause();
    play(heard, (at) => at);
  }
  window.producerStudio = { get state() { return state; }, get heard() { return heard; }, get side() { return side; }, hear };
})();
