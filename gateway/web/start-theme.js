// Runs before anything is painted, so that a page never flashes in the wrong colours.
try {
  const theme = localStorage.getItem('courtside.theme');
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // Where storage is forbidden, the device decides.
}
