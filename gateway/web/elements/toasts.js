// @ts-check
// Toasts: short messages at the edge of the page, announced by screen readers.

import { errorLink, h } from './dom.js';
import { errorMessage, isCanceled } from './format.js';

/**
 * @import { Children } from './dom.js'
 * @typedef {{ label: string, name?: string, run: () => unknown }} ToastAction A button of a toast, which closes it.
 */

const DURATION = 6_000;
/** Time to decide about what a toast offers. */
const DURATION_WITH_ACTIONS = 20_000;

/**
 * Shows a message, which replaces earlier messages and disappears by itself.
 * @param {string} text
 * @param {{ actions?: ToastAction[] }} [options]
 */
export function showToast(text, { actions = [] } = {}) {
  for (const old of container().querySelectorAll('.info')) old.remove();
  const toast = addToast(text, 'info', actions);
  setTimeout(() => toast.remove(), actions.length ? DURATION_WITH_ACTIONS : DURATION);
}

/**
 * Shows an error, which stays until it is closed.
 * @param {unknown} error
 */
export function showError(error) {
  if (!isCanceled(error)) addToast([errorMessage(error), errorLink(error)].flat(), 'error');
}

/** Removes all toasts. */
export function clearToasts() {
  container().replaceChildren();
}

/**
 * @param {Children} content
 * @param {string} kind
 * @param {ToastAction[]} [actions]
 */
function addToast(content, kind, actions = []) {
  const close = h('button.quiet', { type: 'button', 'aria-label': 'Close this message' }, '×');
  const toast = h(`div.toast.${kind}`, {}, h('p', {}, content));
  const buttons = actions.map(({ label, name, run }) =>
    h('button', { type: 'button', 'aria-label': name, onclick: () => act(toast, run) }, label),
  );
  toast.append(...buttons, close);
  close.addEventListener('click', () => toast.remove());
  container().append(toast);
  return toast;
}

/**
 * @param {HTMLElement} toast
 * @param {() => unknown} run
 */
async function act(toast, run) {
  toast.remove();
  try {
    await run();
  } catch (error) {
    showError(error);
  }
}

const container = () => /** @type {HTMLElement} */ (document.getElementById('toasts'));
