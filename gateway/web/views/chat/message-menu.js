// @ts-check
// The menu of a message: beside its button, or at the bottom of a touch screen.

import { elementOf } from '../../elements/template-parts.js';
import { onAbort } from '../../live/abort.js';
import { html, render } from '../../vendor/lit.js';
import { icon } from '../../elements/icon.js';

/** @typedef {import('./message-tools.js').MenuItem} MenuItem */

const GAP = 4;

/**
 * The menu, of which a chat has one. It does not close by itself when a finger is lifted that has opened it.
 *
 * @param {AbortSignal} signal
 */
export function messageMenu(signal) {
  const element = elementOf(html`<div class="menu message-menu" popover="manual"></div>`);
  /** @type {HTMLElement | null} */
  let opener = null;
  const close = () => {
    if (!element.matches(':popover-open')) return;
    const hadFocus = element.contains(document.activeElement);
    element.hidePopover();
    if (hadFocus) opener?.focus();
    opener?.setAttribute('aria-expanded', 'false');
  };
  /**
   * @param {MenuItem[]} items
   * @param {HTMLElement} from What gets the focus back.
   * @param {string} title
   */
  const open = (items, from, title) => {
    close();
    opener = from;
    opener.setAttribute('aria-expanded', 'true');
    render(content(items, title, close), element);
    element.showPopover();
    place(element, from.getBoundingClientRect());
    element.querySelector('button')?.focus();
  };
  element.addEventListener('keydown', (event) => onKeyDown(event, element, close));
  element.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !element.contains(relatedTarget)) close();
  });
  document.addEventListener(
    'pointerdown',
    ({ target }) => {
      if (target instanceof Node && !element.contains(target)) close();
    },
    { signal, capture: true },
  );
  onAbort(signal, close);
  return { element, open };
}

/**
 * @param {MenuItem[]} items
 * @param {string} title
 * @param {() => void} close
 */
function content(items, title, close) {
  return html`<p class="menu-title" dir="auto">${title}</p>
    ${items.map(
      ({ label, icon: name, run, isDanger }) =>
        html`<button
          type="button"
          class=${isDanger ? 'danger' : ''}
          @click=${() => {
            close();
            run();
          }}
        >
          ${icon(name)}${label}
        </button>`,
    )}`;
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement} element
 * @param {() => void} close
 */
function onKeyDown(event, element, close) {
  const buttons = [...element.querySelectorAll('button')];
  const index = buttons.findIndex((button) => button === document.activeElement);
  const target = { ArrowDown: buttons[index + 1], ArrowUp: buttons[index - 1], Home: buttons[0], End: buttons.at(-1) }[
    event.key
  ];
  if (event.key === 'Escape') close();
  else if (target) target.focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/**
 * Puts the menu below its button, or above it where there is no room.
 *
 * @param {HTMLElement} menu
 * @param {DOMRect} button
 */
function place(menu, { top, bottom, right }) {
  const fitsBelow = bottom + GAP + menu.offsetHeight <= innerHeight;
  const y = fitsBelow ? bottom + GAP : Math.max(GAP, top - GAP - menu.offsetHeight);
  const x = Math.max(GAP, Math.min(right, innerWidth - GAP) - menu.offsetWidth);
  menu.style.setProperty('--menu-x', `${x}px`);
  menu.style.setProperty('--menu-y', `${y}px`);
}
