// Toasts: short messages at the edge of the page, announced by screen readers.

import { errorLink, h } from './dom.js';
import { errorMessage } from './format.js';

const TOAST_DURATION = 6_000;

/** Shows a message, which replaces earlier messages and disappears by itself. */
export function showToast(text) {
  for (const old of container().querySelectorAll('.info')) old.remove();
  const toast = addToast(text, 'info');
  setTimeout(() => toast.remove(), TOAST_DURATION);
}

/** Shows an error, which stays until it is closed. */
export function showError(error) {
  if (error.name === 'AbortError' || error.name === 'Canceled') return;
  addToast([errorMessage(error), errorLink(error)], 'error');
}

/** Removes all toasts. */
export function clearToasts() {
  container().replaceChildren();
}

function addToast(content, kind) {
  const close = h('button.quiet', { type: 'button', 'aria-label': 'Close this message' }, '×');
  const toast = h(`div.toast.${kind}`, {}, h('p', {}, content), close);
  close.addEventListener('click', () => toast.remove());
  container().append(toast);
  return toast;
}

const container = () => document.getElementById('toasts');
