// Apply the stored theme before the first paint; everything else about themes is in theme.js.
try {
  const theme = localStorage.getItem("vitrine.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage can be blocked; the system's preference then decides alone.
}
