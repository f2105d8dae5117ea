// Buttons that do something with the server.

import { h } from './dom.js';
import { warn } from './notices.js';

/**
 * A button that does something, once at a time, and tells when that fails. `kind` is its class,
 * `name` what screen readers say where the label alone would not do.
 */
export function deed(label, work, { kind = null, name = null } = {}) {
  const button = h(kind ? `button.${kind}` : 'button', { type: 'button', 'aria-label': name, 'data-deed': name ?? label }, label);
  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-disabled')) return;
    button.setAttribute('aria-disabled', 'true');
    try {
      await work();
    } catch (error) {
      warn(error);
    } finally {
      button.removeAttribute('aria-disabled');
    }
  });
  return button;
}
