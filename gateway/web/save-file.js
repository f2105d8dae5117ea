// Saving something to the device.

import { h } from './dom.js';

/** Hands a file to the browser, which saves it as it is set to. */
export function saveFile(blob, name) {
  const url = URL.createObjectURL(blob);
  h('a', { href: url, download: name }).click();
  // The browser has taken its own hold of the file by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
