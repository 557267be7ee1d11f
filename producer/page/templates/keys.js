// The keyboard. Keys without Ctrl or Alt can be switched off, for who speaks to the machine or types to it by chance.
function createKeys(page, actions) {
  const dialog = document.getElementById("keys"), single = document.getElementById("single-keys");
  const keys = {
    " ": "toggle", k: "toggle", j: "back", l: "on", ArrowLeft: "left", ArrowRight: "right", ",": "lineBefore", ".": "lineNext",
    "[": "before", "]": "next", m: "mute", "+": "nearer", "=": "nearer", "-": "farther", t: "theme", "?": "keys",
  };
  const places = { Comma: ",", Period: ".", BracketLeft: "[", BracketRight: "]" };
  // On a keyboard of another script a key goes by its place.
  const named = ({ key, code }) => key.length > 1 ? key : /[ -~]|\p{Script=Latin}/u.test(key) ? key.toLowerCase() : places[code] || code.replace(/^Key/, "").toLowerCase();
  single.checked = page.kept("keys") !== "off";
  single.addEventListener("change", () => page.keep("keys", single.checked ? "" : "off"));
  document.addEventListener("keydown", (event) => {
    const held = event.ctrlKey || event.altKey || event.metaKey;
    if (held && !event.getModifierState("AltGraph") || event.defaultPrevented || dialog.open) return; // AltGr writes [ and ] in half of Europe
    const target = event.target instanceof Element ? event.target : document.body;
    if (!single.checked && !/^Arrow| /.test(event.key)) return;
    if (target.matches("input[type=radio]") && /^Arrow/.test(event.key)) return; // it chooses among the mixes
    if (target.matches("input[type=range]:not(#seek)") && /^Arrow/.test(event.key)) return; // it moves that slider
    if (target.matches("select, textarea")) return; // every key chooses or writes there
    if (event.key === " " && target.closest("button, summary, a, input:not([type=range])")) return; // it presses what has the focus
    const mix = /^[1-9]$/.test(event.key) ? Number(event.key) - 1 : -1;
    const action = mix >= 0 ? () => actions.mix(mix) : actions[keys[named(event)]];
    if (!action) return;
    event.preventDefault();
    action();
  });
  return { open: () => dialog.showModal() };
}

// A long list is one stop for the tabulator; the arrows up and down go through it.
function rove(box, selector) {
  const items = () => [...box.querySelectorAll(selector)];
  const stop = box.querySelector(`${selector}[tabindex='0']`) || items()[0];
  for (const one of box.querySelectorAll("[tabindex='0']")) if (one !== stop) one.tabIndex = -1; // one that is hidden now may come back
  if (stop) stop.tabIndex = 0;
  if (box.dataset.roves) return;
  box.dataset.roves = "yes";
  box.addEventListener("keydown", (event) => {
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key], all = way ? items() : [];
    const at = way ? all.indexOf(event.target) : -1, to = all[at + way];
    if (at < 0) return;
    event.preventDefault();
    if (!to) return;
    event.target.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  });
  box.addEventListener("focusin", (event) => {
    if (!event.target.matches(selector)) return;
    for (const one of box.querySelectorAll("[tabindex='0']")) if (one !== event.target) one.tabIndex = -1;
    event.target.tabIndex = 0;
  });
}
