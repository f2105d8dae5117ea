// Style sheets that only some views need.

import { fileUrl } from '../shell/release.js';

const loads = new Map();

/** Adds a style sheet, such as `/styles/chat.css`, once; resolves when it applies. */
export function loadStyles(href) {
  if (!loads.has(href)) loads.set(href, addSheet(href));
  return loads.get(href);
}

function addSheet(href) {
  return new Promise((resolve) => {
    const link = document.createElement('link');
    Object.assign(link, { rel: 'stylesheet', href: fileUrl(href) });
    link.addEventListener('load', resolve);
    link.addEventListener('error', () => {
      // The view works without; the next one tries again.
      loads.delete(href);
      link.remove();
      resolve();
    });
    document.head.append(link);
  });
}
