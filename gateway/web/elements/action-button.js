// @ts-check
// Buttons that call the server.

import { html } from '../vendor/lit.js';
import { element, h } from './dom.js';
import { icon } from './icon.js';
import { showError } from './toasts.js';

/** @import { IconName } from './icon.js' */

/**
 * @typedef {object} ActionButtonOptions
 * @property {string | null} [variant] A CSS class.
 * @property {string | null} [name] The accessible name where the label alone is ambiguous.
 * @property {IconName | null} [symbol] An icon that stands for the label.
 */

/**
 * A button that runs an async action, one run at a time, and shows its failure as a toast.
 * @param {string} label
 * @param {() => unknown} action
 * @param {ActionButtonOptions} [options]
 * @returns {HTMLButtonElement}
 */
export function actionButton(label, action, { variant = null, name = null, symbol = null } = {}) {
  const spec = ['button', symbol && 'icon-button', variant].filter(Boolean).join('.');
  const attributes = {
    type: 'button',
    'aria-label': name ?? (symbol ? label : null),
    title: symbol ? label : null,
    'data-action': name ?? label,
  };
  const button = /** @type {HTMLButtonElement} */ (h(spec, attributes, symbol ? icon(symbol) : label));
  button.addEventListener('click', () => runOnce(button, action));
  return button;
}

/**
 * Runs the action of a button unless it is still running.
 * @param {HTMLButtonElement} button
 * @param {() => unknown} action
 */
async function runOnce(button, action) {
  if (button.getAttribute('aria-disabled')) return;
  button.setAttribute('aria-disabled', 'true');
  try {
    await action();
  } catch (error) {
    showError(error);
  } finally {
    button.removeAttribute('aria-disabled');
  }
}

/**
 * A link that looks like a button with an icon alone.
 * @param {IconName} symbol
 * @param {string} name
 * @param {string} href
 * @returns {HTMLAnchorElement}
 */
export const iconLink = (symbol, name, href) =>
  element(html`<a class="button icon-button" href=${href} aria-label=${name} title=${name}>${icon(symbol)}</a>`);
