"use strict";
const players = { A: document.getElementById("sound-a"), B: document.getElementById("sound-b") };
const said = document.getElementById("said");
let until = Infinity;
let pressed = null;
function stop() {
  players.A.pause();
  players.B.pause();
  if (pressed) pressed.setAttribute("aria-pressed", "false");
  pressed = null;
}
async function play(button) {
  const again = pressed === button;
  stop();
  if (again) return;
  const sound = players[button.dataset.side];
  pressed = button;
  button.setAttribute("aria-pressed", "true");
  until = Number(button.dataset.end);
  sound.currentTime = Number(button.dataset.start);
  try {
    await sound.play();
    said.textContent = "Playing " + button.dataset.side;
  } catch (wrong) {
    if (wrong.name === "AbortError") return;
    stop();
    said.textContent = "This sound cannot be played: is its file still where it was?";
  }
}
for (const sound of Object.values(players)) {
  sound.addEventListener("timeupdate", () => { if (pressed && sound === players[pressed.dataset.side] && sound.currentTime >= until) stop(); });
  sound.addEventListener("ended", stop);
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-side]");
  if (button) play(button);
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = [...document.querySelectorAll("li > [tabindex]")];
  const row = document.activeElement.closest("li > [tabindex]");
  const key = event.key.toLowerCase();
  if ((key === "j" || key === "k") && rows.length) {
    const next = row ? rows.indexOf(row) + (key === "j" ? 1 : -1) : 0;
    rows[Math.min(Math.max(next, 0), rows.length - 1)].focus();
  } else if ((key === "a" || key === "b") && row) {
    const button = row.querySelector(`button[data-side="${key.toUpperCase()}"]`);
    if (button) play(button);
  } else if (key === "escape") stop();
});
