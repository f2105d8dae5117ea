// Saves files to the device.

import { h } from './dom.js';

/** Downloads a blob under this file name. */
export function saveFile(blob, name) {
  const url = URL.createObjectURL(blob);
  h('a', { href: url, download: name }).click();
  // The download holds its own reference to the data by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
