// Lists to jump from: chapters, and every sound, bed and music by name.
function createLists(page) {
  const { store, data } = page;
  const cues = document.getElementById("cues"), box = document.querySelector(".cue-box");
  let listed = [], chapters = [];

  function read() {
    chapters = [...document.querySelectorAll(".chapters button")];
    mark(store.get("chapter"));
    const made = document.createDocumentFragment();
    listed = [];
    for (const clip of data().clips) {
      if (clip.kind === "speech") continue;
      const item = document.createElement("li"), button = document.createElement("button");
      item.className = `of-${clip.kind}`;
      item.dataset.kind = clip.kind;
      button.type = "button";
      button.tabIndex = -1;
      button.dataset.clip = clip.id;
      const parts = [["time", clock(clip.hit)], ["name", clip.name], ["long", length(clip)]].map(([name, text]) => {
        const part = document.createElement(name === "name" ? "bdi" : "span");
        part.className = name;
        part.textContent = text;
        return part;
      });
      button.append(...parts);
      item.append(button);
      made.append(item);
      listed.push({ clip, item, button, on: false });
    }
    cues.replaceChildren(made);
    box.hidden = !listed.length;
    filter();
  }
  const length = (clip) => { const long = clip.end - clip.start; return long < 10 ? `${long.toFixed(1)} s` : long < 60 ? `${Math.round(long)} s` : clock(long); };

  function filter() {
    const kind = document.querySelector("input[name=kind]:checked").value;
    for (const one of listed) one.item.hidden = kind !== "all" && one.clip.kind !== kind;
    page.rove(cues, "li:not([hidden]) button");
  }

  cues.addEventListener("click", (event) => {
    const button = event.target.closest("button"), one = button && listed.find((each) => each.button === button);
    if (one) page.pick(one.clip.id, one.clip.kind, one.clip.start);
  });
  for (const radio of document.querySelectorAll("input[name=kind]")) radio.addEventListener("change", filter);
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".chapters button, .findings button");
    if (button) page.jump(Number(button.dataset.at) / 1000);
  });

  function chapter(at) {
    const index = Math.max(0, lastBegun(data().chapters.length, (one) => data().chapters[one].start, at + 0.01));
    store.set("chapter", data().chapters.length ? index : -1);
  }
  // What begins is brought into its list's view, unless somebody is busy in that list.
  function show(box, item) {
    if (!item || item.hidden || box.matches(":hover, :focus-within")) return;
    const top = item.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop;
    const room = box.clientHeight - item.offsetHeight;
    if (top < box.scrollTop || top > box.scrollTop + room) box.scrollTop = top - room / 2;
  }

  store.on("at", (at) => {
    chapter(at);
    let begun = null;
    for (const one of listed) {
      const on = at >= one.clip.start && at < one.clip.end;
      if (on === one.on) continue;
      one.on = on;
      one.button.classList.toggle("sounding", on);
      if (on) begun = one.item;
    }
    show(cues, begun);
  });
  function mark(index) {
    chapters.forEach((button, each) => {
      button.classList.toggle("current", each === index);
      if (each === index) button.setAttribute("aria-current", "true"); else button.removeAttribute("aria-current");
    });
    const shown = data().chapters[index];
    if (shown && chapters[index]) show(document.getElementById("chapters"), chapters[index].parentElement);
    document.querySelector(".now-chapter").textContent = shown ? shown.title : data().title;
  }
  store.on("chapter", mark);
  read();
  return { read, step(by) {
    const all = data().chapters, at = store.get("at"), now = lastBegun(all.length, (one) => all[one].start, at + 0.01);
    const to = by > 0 ? now + 1 : at - (all[now] ? all[now].start : 0) > 3 ? now : now - 1;
    if (to >= all.length) return null;
    page.jump(all[to] ? all[to].start : 0);
    return all[Math.max(0, to)] || null;
  } };
}
