// Colour theme: light, dark, or the device's preference.

import { writeSetting } from './storage.js';

/** Applies a theme and stores it for the next start. */
export function applyTheme(theme) {
  const explicit = theme === 'light' || theme === 'dark' ? theme : null;
  if (explicit) document.documentElement.dataset.theme = explicit;
  else delete document.documentElement.dataset.theme;
  writeSetting('theme', explicit);
}
