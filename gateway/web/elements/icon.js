// @ts-check
// The icons: symbols of one sprite, which the page holds once, drawn as lines on 24 by 24 units.

import { html, render, svg } from '../vendor/lit.js';

const SYMBOLS = {
  'arrow-left': svg`<path d="M20 12H4M10 6l-6 6 6 6"/>`,
  'arrow-right': svg`<path d="M4 12h16M14 6l6 6-6 6"/>`,
  bell: svg`<path d="M6 16V10a6 6 0 0 1 12 0v6l2 2H4zM10 21h4"/>`,
  block: svg`<circle cx="12" cy="12" r="9"/><path d="M5.7 5.700l12.6 12.6"/>`,
  bracket: svg`<path d="M3 5h6v14H3M9 12h5M21 8h-7v8h7"/>`,
  chart: svg`<path d="M4 4v16h16M8 15l4-5 3 3 5-7"/>`,
  chat: svg`<path d="M4 5h16v11h-9l-5 4v-4H4z"/>`,
  check: svg`<path d="M4 13l5 5L20 6"/>`,
  'chevron-down': svg`<path d="M6 9l6 6 6-6"/>`,
  'chevron-right': svg`<path d="M9 6l6 6-6 6"/>`,
  clock: svg`<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/>`,
  close: svg`<path d="M6 6l12 12M18 6L6 18"/>`,
  code: svg`<path d="M8 7l-5 5 5 5M16 7l5 5-5 5M14 4l-4 16"/>`,
  computer: svg`<rect x="4" y="7" width="16" height="12" rx="3"/><path d="M12 7V3M9 12v1M15 12v1M9 16h6M1 12v3M23 12v3"/>`,
  copy: svg`<rect x="8" y="8" width="12" height="12" rx="2"/><path d="M16 8V4H4v12h4"/>`,
  court: svg`<rect x="3" y="5" width="18" height="14" rx="2"/><path d="M12 5v14M6.5 9v4M17.5 11v4"/>`,
  download: svg`<path d="M12 4v11M7 11l5 5 5-5M4 20h16"/>`,
  edit: svg`<path d="M4 20l1-4L16 5l3 3L8 19zM14 7l3 3"/>`,
  eye: svg`<path d="M2 12c3-5 6-7 10-7s7 2 10 7c-3 5-6 7-10 7s-7-2-10-7z"/><circle cx="12" cy="12" r="3"/>`,
  flag: svg`<path d="M5 21V4h13l-3 4 3 4H5"/>`,
  friends: svg`<circle cx="9" cy="8" r="4"/><path d="M2 20c0-4 3-6 7-6s7 2 7 6M16 4a4 4 0 0 1 0 8M18 14c3 0 4 3 4 6"/>`,
  globe: svg`<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18"/>`,
  heart: svg`<path d="M12 20C5 15 3 12 3 8.500a4.5 4.5 0 0 1 9-1 4.5 4.5 0 0 1 9 1c0 3.5-2 6.5-9 11.500z"/>`,
  home: svg`<path d="M3 11l9-8 9 8M6 9v11h12V9M10 20v-6h4v6"/>`,
  info: svg`<circle cx="12" cy="12" r="9"/><path d="M12 11v6M12 7v.5"/>`,
  invite: svg`<path d="M3 7h18v12H3zM3 8l9 6 9-6"/>`,
  keyboard: svg`<rect x="2" y="6" width="20" height="12" rx="2"/><path d="M6 10v.5M10 10v.5M14 10v.5M18 10v.5M8 14h8"/>`,
  link: svg`<path d="M10 14a4 4 0 0 0 6 0l4-4a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-4 4a4 4 0 0 0 6 6l1-1"/>`,
  lock: svg`<rect x="5" y="11" width="14" height="10" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>`,
  'log-out': svg`<path d="M10 4H4v16h6M9 12h12M17 8l4 4-4 4"/>`,
  more: svg`<path d="M5 12v.1M12 12v.1M19 12v.1" stroke-width="3.5"/>`,
  pause: svg`<path d="M8 5v14M16 5v14"/>`,
  person: svg`<circle cx="12" cy="8" r="4"/><path d="M4 21c0-4 3-7 8-7s8 3 8 7"/>`,
  'person-add': svg`<circle cx="9" cy="8" r="4"/><path d="M2 21c0-4 2-7 7-7s7 3 7 7M19 8v6M16 11h6"/>`,
  'person-remove': svg`<circle cx="9" cy="8" r="4"/><path d="M2 21c0-4 2-7 7-7s7 3 7 7M16 11h6"/>`,
  play: svg`<path d="M7 4l13 8-13 8z"/>`,
  plus: svg`<path d="M12 4v16M4 12h16"/>`,
  rally: svg`<path d="M4 4v9M20 11v9" stroke-width="3.5"/><circle cx="12" cy="12" r="3" fill="currentcolor"/>`,
  replay: svg`<path d="M4 12a8 8 0 1 0 3-6.200M4 4v5h5M10 9l5 3-5 3z"/>`,
  reply: svg`<path d="M10 6l-6 6 6 6M4 12h10c4 0 6 2 6 6"/>`,
  search: svg`<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.500L21 21"/>`,
  send: svg`<path d="M3 11l18-8-7 18-3-8zM11 13L21 3"/>`,
  settings: svg`<path d="M4 7h9M19 7h1M4 17h1M11 17h9"/><circle cx="16" cy="7" r="3"/><circle cx="8" cy="17" r="3"/>`,
  share: svg`<path d="M12 15V3M8 7l4-4 4 4M6 11H4v10h16V11h-2"/>`,
  shield: svg`<path d="M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6zM9 12l2 2 4-4"/>`,
  smile: svg`<circle cx="12" cy="12" r="9"/><path d="M9 9v1M15 9v1M8 14c2 3 6 3 8 0"/>`,
  sound: svg`<path d="M4 9h4l5-4v14l-5-4H4zM17 9c1.5 2 1.5 4 0 6"/>`,
  'sound-off': svg`<path d="M4 9h4l5-4v14l-5-4H4zM17 10l4 4M21 10l-4 4"/>`,
  trash: svg`<path d="M4 7h16M9 7V4h6v3M6 7l1 14h10l1-14M10 11v6M14 11v6"/>`,
  trophy: svg`<path d="M7 4h10v6a5 5 0 0 1-10 0zM7 6H3c0 4 2 6 4 6M17 6h4c0 4-2 6-4 6M12 15v3M8 21h8"/>`,
};

/** @typedef {keyof typeof SYMBOLS} IconName */

/** Puts the symbols into the page, before the first icon refers to them. */
function addSprite() {
  const sprite = document.createElement('div');
  sprite.className = 'icon-sprite';
  const symbols = Object.entries(SYMBOLS).map(
    ([name, drawing]) => svg`<symbol id=${`icon-${name}`} viewBox="0 0 24 24">${drawing}</symbol>`,
  );
  render(html`<svg aria-hidden="true">${symbols}</svg>`, sprite);
  document.body.append(sprite);
}

/**
 * An icon. It is decorative: its meaning stands beside it as text, or is the name of its button.
 * @param {IconName} name
 */
export const icon = (name) =>
  html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use href=${`#icon-${name}`}></use></svg>`;

addSprite();
