// @ts-check
// A button that opens a menu of what is needed rarely.

import { h, uniqueId } from './dom.js';

/** @import { Children } from './dom.js' */

const GAP = 4;

/**
 * The button, with the `items` (links and buttons) of its menu.
 * @param {string} name
 * @param {Children} items
 */
export function contextMenu(name, items) {
  const id = uniqueId('menu');
  const menu = h('div.menu', { id, popover: true }, items);
  const button = h('button.quiet.context-menu', { type: 'button', popovertarget: id, 'aria-label': name }, '⋯');
  menu.addEventListener('toggle', ({ newState }) => {
    if (newState !== 'open') return;
    place(menu, button.getBoundingClientRect());
    /** @type {HTMLElement | null} */ (menu.querySelector('a, button'))?.focus();
  });
  menu.addEventListener('click', () => menu.hidePopover());
  return h('div.menu-place', {}, button, menu);
}

/**
 * Puts the menu below its button, or above it where there is no room.
 * @param {HTMLElement} menu
 * @param {DOMRect} button
 */
function place(menu, { top, bottom, right }) {
  const fitsBelow = bottom + GAP + menu.offsetHeight <= innerHeight;
  const y = fitsBelow ? bottom + GAP : Math.max(GAP, top - GAP - menu.offsetHeight);
  Object.assign(menu.style, { inset: `${y}px auto auto ${Math.max(GAP, right - menu.offsetWidth)}px` });
}
