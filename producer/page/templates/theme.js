// Light and dark: as the system has it, until the reader says otherwise.
function createTheme(page, changed) {
  const root = document.documentElement, system = matchMedia("(prefers-color-scheme: dark)");
  const put = (theme) => { if (theme) root.dataset.theme = theme; else delete root.dataset.theme; changed(); };
  const kept = page.kept("theme");
  if (kept === "light" || kept === "dark") root.dataset.theme = kept;
  system.addEventListener("change", changed);
  matchMedia("(forced-colors: active)").addEventListener("change", changed);
  // Paper is light: what is drawn is drawn anew for it, and what is folded is opened.
  let held = null;
  addEventListener("beforeprint", () => {
    held = held || { theme: root.dataset.theme, folded: [...document.querySelectorAll("details:not([open])")] };
    for (const one of held.folded) one.open = true;
    put("light");
  });
  addEventListener("afterprint", () => {
    if (!held) return;
    for (const one of held.folded) one.open = false;
    put(held.theme);
    held = null;
  });
  return {
    toggle() {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
      const to = dark ? "light" : "dark", own = (to === "dark") !== system.matches;
      page.keep("theme", own ? to : "");
      put(own ? to : "");
      return to;
    },
  };
}
