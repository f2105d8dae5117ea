// Buttons that call the server.

import { h } from './dom.js';
import { showError } from './toasts.js';

/**
 * A button that runs an async action, one run at a time, and shows its failure as a toast.
 * `variant` is a CSS class; `name` is the accessible name where the label alone is ambiguous.
 */
export function actionButton(label, action, { variant = null, name = null } = {}) {
  const button = h(variant ? `button.${variant}` : 'button', { type: 'button', 'aria-label': name, 'data-action': name ?? label }, label);
  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-disabled')) return;
    button.setAttribute('aria-disabled', 'true');
    try {
      await action();
    } catch (error) {
      showError(error);
    } finally {
      button.removeAttribute('aria-disabled');
    }
  });
  return button;
}
