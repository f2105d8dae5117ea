// @ts-check
// Colour theme: light, dark, or the device's preference.

import { writeSetting } from '../api/storage.js';

/** @import { Theme } from '../api/types.js' */

/**
 * Applies a theme and stores it for the next start.
 * @param {Theme} theme
 */
export function applyTheme(theme) {
  const explicit = theme === 'light' || theme === 'dark' ? theme : null;
  if (explicit) document.documentElement.dataset.theme = explicit;
  else delete document.documentElement.dataset.theme;
  writeSetting('theme', explicit);
}
