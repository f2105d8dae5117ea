// Runs before the first paint, so that no page flashes in the wrong theme.
try {
  const theme = localStorage.getItem('courtside.theme');
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be blocked; the device's preference applies.
}
