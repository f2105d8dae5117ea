// Light, dark, or as the device is set.

import { keep } from './storage.js';

/** Shows a theme at once and remembers it for the next start. */
export function apply(theme) {
  const chosen = theme === 'light' || theme === 'dark' ? theme : null;
  if (chosen) document.documentElement.dataset.theme = chosen;
  else delete document.documentElement.dataset.theme;
  keep('theme', chosen);
}
