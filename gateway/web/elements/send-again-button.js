// @ts-check
// The email that verifies an address.

import { actionButton } from './action-button.js';
import { api } from '../api/client.js';
import { showToast } from './toasts.js';

/**
 * A button that sends the link again.
 * @param {string | null} [variant]
 */
export function sendAgainButton(variant = null) {
  return actionButton('Send again', async () => showToast((await api.post('/auth/email/resend/')).message ?? 'Sent.'), {
    variant,
  });
}
