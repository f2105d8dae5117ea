// @ts-check
// A button that answers a request or an invite in a row, which may go then.

import { showError } from '../../elements/toasts.js';
import { html } from '../../vendor/lit.js';

/** @typedef {import('../../live/notification-actions.js').NotificationAction} NotificationAction */

/**
 * @param {NotificationAction} action
 * @param {string} [variant] A CSS class.
 */
export function answerButton({ label, name, run }, variant = '') {
  /** @param {Event & { currentTarget: HTMLButtonElement }} event */
  const onClick = ({ currentTarget }) => answer(currentTarget, run);
  return html`<button type="button" class=${variant} aria-label=${name} @click=${onClick}>${label}</button>`;
}

/**
 * Runs the action once at a time. The focus goes to the row, or to the heading if the row has gone.
 *
 * @param {HTMLButtonElement} button
 * @param {NotificationAction['run']} run
 */
async function answer(button, run) {
  if (button.getAttribute('aria-disabled')) return;
  const row = button.closest('li');
  button.setAttribute('aria-disabled', 'true');
  try {
    await run();
  } catch (error) {
    showError(error);
  } finally {
    button.removeAttribute('aria-disabled');
  }
  if (document.activeElement !== document.body) return;
  const target = row?.isConnected ? row.querySelector('a') : document.querySelector('h1');
  if (target instanceof HTMLElement) target.focus();
}
