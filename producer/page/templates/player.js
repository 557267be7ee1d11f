// Plays the mixes: one <audio> for each, made when it is first wanted. Two of them sound at the same place while one
// is taken for the other, the new one muted, until they run together; so the place is kept to some milliseconds.
function createPlayer(store, data, first, addresses) {
  const players = new Map([[0, first]]);
  const CLOSE_S = 0.012, TRIES = 12, FADE_MS = 36;
  let current = first, switching = 0, muted = false, frame = 0, lead = 0.03;

  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const once = (element, name, most) => Promise.race([
    ...[name, "error"].map((one) => new Promise((done) => element.addEventListener(one, done, { once: true }))), wait(most)]);
  const complain = (element) => store.set("trouble",
    `The sound cannot be played: is ${decodeURIComponent(element.getAttribute("src").slice(2))} beside this page?`);

  function element(index) {
    if (!players.has(index)) {
      const made = document.createElement("audio");
      made.preload = "auto";
      made.src = addresses[index];
      first.after(made);
      made.hidden = true;
      players.set(index, made);
      watch(made);
    }
    return players.get(index);
  }

  const place = () => current.currentTime;
  const tick = () => { frame = current.paused ? 0 : requestAnimationFrame(tick); store.set("at", place()); };

  function watch(element) {
    const own = (listener) => (event) => { if (element === current) listener(event); };
    element.addEventListener("play", own(() => { store.set("playing", true); if (!frame) tick(); }));
    element.addEventListener("pause", own(() => { store.set("playing", false); store.set("at", place()); }));
    element.addEventListener("ended", own(() => store.set("playing", false)));
    for (const name of ["timeupdate", "seeked"]) element.addEventListener(name, own(() => store.set("at", place())));
    element.addEventListener("error", own(() => complain(element)));
    element.addEventListener("canplay", own(() => store.set("trouble", "")));
  }

  function seek(seconds, thenPlay = false) {
    const to = Math.min(Math.max(0, seconds), Math.max(0, data().duration - 0.02));
    current.currentTime = to;
    store.set("at", to);
    if (thenPlay) play();
  }

  function play() {
    const began = current.play();
    if (began) began.catch((refused) => { if (refused.name !== "AbortError") store.set("playing", false); });
  }

  async function fade(from, to) {
    const began = performance.now();
    to.volume = 0;
    to.muted = muted;
    for (let share = 0; share < 1;) {
      await wait(4);
      share = Math.min(1, (performance.now() - began) / FADE_MS);
      to.volume = share;
      from.volume = 1 - share;
    }
    from.pause();
    from.volume = 1;
  }

  // Another mix, at the same moment. True when it was taken; a later choice overtakes one that is still going on.
  async function choose(index) {
    const mine = ++switching, from = current, to = element(index);
    store.set("mix", index);
    if (to === from) {
      for (const other of players.values()) if (other !== from) other.pause();
      return true;
    }
    if (to.readyState < 1) { if (to.networkState !== 1) to.load(); await once(to, "loadedmetadata", 6000); }
    if (mine !== switching) return false;
    if (to.readyState < 1) { store.set("mix", [...players].find(([, one]) => one === from)[0]); complain(to); return false; }
    store.set("trouble", "");
    to.playbackRate = from.playbackRate;
    to.muted = true;
    if (!from.paused) {
      to.currentTime = from.currentTime + lead;
      await to.play().catch(() => {});
      for (let tries = 0; tries < TRIES && mine === switching && !from.paused; tries++) {
        if (to.seeking) await once(to, "seeked", 1500);
        for (let turn = 0; turn < 40 && to.readyState < 3; turn++) await wait(25);
        await wait(90);
        const apart = to.currentTime - from.currentTime;
        if (Math.abs(apart) <= CLOSE_S) break;
        lead = Math.min(0.5, Math.max(0, lead - apart));
        to.currentTime = from.currentTime + lead;
      }
      if (mine !== switching) { to.pause(); return false; }
    }
    if (from.paused) { to.pause(); to.currentTime = from.currentTime; to.muted = muted; current = to; from.pause(); }
    else { current = to; await fade(from, to); }
    store.set("playing", !current.paused);
    if (!current.paused && !frame) tick();
    store.set("at", place());
    return true;
  }

  // The studio: another file for a mix, at the same moment, which is `shift(seconds)` in it. True when it was taken.
  async function renew(index, address, shift = (at) => at) {
    const mine = ++switching, from = current, to = document.createElement("audio");
    const drop = (element) => { element.pause(); element.removeAttribute("src"); element.load(); if (element !== first) element.remove(); };
    to.preload = "auto";
    to.hidden = to.muted = true;
    to.src = address;
    first.after(to);
    await once(to, "loadedmetadata", 20000);
    if (mine !== switching || to.readyState < 1) { drop(to); return false; }
    to.playbackRate = from.playbackRate;
    to.currentTime = shift(from.currentTime);
    if (!from.paused) {
      await to.play().catch(() => {});
      for (let tries = 0; tries < 3 && mine === switching && !from.paused; tries++) {
        for (let turn = 0; turn < 800 && (to.seeking || to.readyState < 3) && mine === switching; turn++) await wait(25);
        await wait(60);
        const apart = to.currentTime - shift(from.currentTime);
        if (Math.abs(apart) <= 2 * CLOSE_S) break;
        lead = Math.min(0.5, Math.max(0, lead - apart));
        to.currentTime = shift(from.currentTime) + lead;
      }
      if (mine !== switching) { drop(to); return false; }
    }
    addresses[index] = address;
    players.set(index, to);
    watch(to);
    current = to;
    if (from.paused) { to.pause(); to.currentTime = shift(from.currentTime); to.muted = muted; } else await fade(from, to);
    drop(from);
    store.set("mix", index);
    store.set("playing", !current.paused);
    if (!current.paused && !frame) tick();
    store.set("at", place());
    return true;
  }

  watch(first);
  return {
    seek, play, choose, renew, place,
    pause: () => current.pause(),
    toggle() {
      if (!current.paused) { current.pause(); return; }
      if (place() > current.duration - 0.05) seek(0); // what is at its end begins anew, also where another mix came to it
      play();
    },
    mute() { muted = !muted; current.muted = muted; return muted; },
    rate(times) { for (const one of players.values()) one.playbackRate = times; store.set("rate", times); },
    prepare: () => addresses.forEach((_, index) => element(index)),
    get element() { return current; },
  };
}
