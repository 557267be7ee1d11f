// What ties the page together: each part is made once, and gets from here what it may do.
let read = readData(JSON.parse(document.getElementById("data").textContent));
const data = () => read;
const store = createStore({ at: 0, playing: false, mix: 0, rate: 1, chapter: -2, clip: "", view: [0, 1], trouble: "" });
const addresses = JSON.parse(document.getElementById("addresses").textContent);
const audio = document.getElementById("audio");
audio.controls = false;
audio.hidden = true;
const player = createPlayer(store, data, audio, addresses);
const status = document.getElementById("status"), trouble = document.getElementById("trouble");
const say = (text) => { status.textContent = status.textContent === text ? `${text}\u00a0` : text; };
const shelf = "producer-page ";

const page = {
  store, player, data, rove,
  jump: (seconds, play = false) => player.seek(seconds, play),
  // A clip was chosen: whoever listens may keep it from being jumped to.
  pick(clip, kind, start) {
    const event = new CustomEvent("producer:pick", { detail: { clip, kind, start }, cancelable: true });
    if (document.dispatchEvent(event)) player.seek(start);
  },
  text: (clip) => transcript.text(clip),
  kept(name) { try { return localStorage.getItem(shelf + name) || ""; } catch { return ""; } },
  keep(name, value) { try { if (value) localStorage.setItem(shelf + name, value); else localStorage.removeItem(shelf + name); } catch { /* some browsers keep nothing for files */ } },
};

const transcript = createTranscript(page), overview = createOverview(page), lanes = createLanes(page);
const loudness = createLoudness(page), lists = createLists(page);
const views = [overview, lanes, loudness];
const theme = createTheme(page, () => { for (const view of views) view.recolour(); });

const actions = {
  toggle: () => player.toggle(),
  back: () => page.jump(player.place() - 10),
  on: () => page.jump(player.place() + 10),
  left: () => page.jump(player.place() - 5),
  right: () => page.jump(player.place() + 5),
  lineBefore: () => transcript.step(-1),
  lineNext: () => transcript.step(1),
  before: () => { const to = lists.step(-1); if (to) say(to.title); },
  next: () => { const to = lists.step(1); if (to) say(to.title); },
  nearer: () => lanes.zoom(0.6),
  farther: () => lanes.zoom(1 / 0.6),
  mute: () => say(player.mute() ? "Muted" : "No longer muted"),
  theme: () => say(theme.toggle() === "dark" ? "Dark" : "Light"),
  keys: () => keys.open(),
  rate() {
    const rates = [1, 1.25, 1.5, 2, 0.75];
    player.rate(rates[(rates.indexOf(store.get("rate")) + 1) % rates.length]);
    say(`Speed ${store.get("rate")}`);
  },
  mix(index) {
    if (index >= read.mixes.length || index === store.get("mix")) return;
    player.choose(index).then((taken) => { if (taken) say(`Mix: ${read.mixes[index].title}`); });
  },
};
const keys = createKeys(page, actions);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button && actions[button.dataset.do]) actions[button.dataset.do]();
});

const radios = [...document.querySelectorAll("input[name=mix]")];
const says = document.querySelector("[data-says]");
radios.forEach((radio, index) => radio.addEventListener("change", () => actions.mix(index)));
store.on("mix", (index) => {
  if (radios[index]) radios[index].checked = true;
  if (says) says.textContent = radios[index].closest("label").title;
});
for (const event of ["pointerenter", "focusin"]) document.querySelector(".mixes")?.addEventListener(event, player.prepare, { once: true });

const seek = document.getElementById("seek"), shown = document.querySelector("[data-at-shown]"), left = document.querySelector("[data-left]");
let dragging = false;
seek.addEventListener("input", () => { dragging = true; page.jump(Number(seek.value)); dragging = false; });
function tellPlace(at) {
  const chapter = read.chapters[store.get("chapter")];
  seek.setAttribute("aria-valuetext", `${spoken(at)} of ${spoken(read.duration)}${chapter ? `, ${chapter.title}` : ""}`);
}
store.on("at", (at, before) => {
  const share = `${((100 * at) / (read.duration || 1)).toFixed(2)}%`;
  if (seek.style.getPropertyValue("--done") !== share) seek.style.setProperty("--done", share);
  const fine = at.toFixed(1), text = clock(at);
  if (!dragging && seek.value !== fine) seek.value = fine;
  if (shown.textContent === text) return;
  shown.textContent = text;
  left.textContent = `−${clock(read.duration - at)}`;
  const runs = store.get("playing") && !dragging && Math.abs(at - before) < 1; // it comes there by itself
  if (runs && document.activeElement === seek && Math.floor(at) % 15) return; // or it is read out every second
  tellPlace(at);
});
store.on("playing", (playing) => {
  if (!playing) tellPlace(store.get("at"));
  document.documentElement.classList.toggle("playing", playing);
  for (const label of document.querySelectorAll(".listen span, [data-toggle-name]")) label.textContent = playing ? "Pause" : label.matches("[data-toggle-name]") ? "Play" : "Listen";
  if (navigator.mediaSession) navigator.mediaSession.playbackState = playing ? "playing" : "paused";
});
store.on("rate", (rate) => { document.querySelector(".rate").firstChild.textContent = `${rate}×`; });
store.on("trouble", (text) => { trouble.hidden = !text; trouble.textContent = text; });

if (navigator.mediaSession && window.MediaMetadata) {
  navigator.mediaSession.metadata = new MediaMetadata({ title: read.title, artist: read.show });
  const handlers = { play: actions.toggle, pause: actions.toggle, seekbackward: actions.back, seekforward: actions.on, previoustrack: actions.before, nexttrack: actions.next };
  for (const [name, action] of Object.entries(handlers)) try { navigator.mediaSession.setActionHandler(name, action); } catch { /* not every browser knows every key */ }
}

document.addEventListener("producer:seek", ({ detail }) => player.seek(detail.at, detail.play));
document.addEventListener("producer:choose", ({ detail }) => actions.mix(read.mixes.findIndex((mix) => mix.name === detail.mix)));
document.addEventListener("producer:data", ({ detail }) => {
  const at = store.get("at");
  read = readData(detail);
  for (const part of [transcript, lanes, lists]) part.read();
  for (const view of views) view.resize();
  if (!detail.stay) player.seek(at); // who has put the sound to its place already says `stay`
  store.set("at", store.get("at") + 1e-4);
  tellPlace(store.get("at"));
});

for (const element of document.querySelectorAll(".mast [hidden], .mixes, .zoom, .dock [hidden]:not(audio)")) element.hidden = false;
lanes.start();
const resize = onFrame(() => { for (const view of views) view.resize(); });
new ResizeObserver(resize).observe(document.querySelector("main"));
for (const view of views) view.resize();
store.set("at", 0.0001);
tellPlace(0);
window.producerPage = { store, player, data };
