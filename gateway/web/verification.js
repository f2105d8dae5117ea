// The email that verifies an address.

import { actionButton } from './action-button.js';
import * as api from './api.js';
import { showToast } from './toasts.js';

/** A button that sends the link again. */
export function sendAgainButton(variant = null) {
  return actionButton('Send again', async () => showToast((await api.post('/auth/email/resend/')).message), { variant });
}
