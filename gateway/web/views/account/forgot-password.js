// @ts-check
// Requests a password reset link.

import { html } from '../../vendor/lit.js';
import { api } from '../../api/client.js';
import { mailboxHint } from '../../live/dev-mailbox.js';
import { fill, h, page } from '../../elements/dom.js';
import { form, textField } from '../../elements/forms.js';

export default function view() {
  const container = h('div.card.narrow');
  fill(container, requestForm(container), html`<p class="links"><a href="/login">Back to login</a></p>`);
  return page('Reset your password', container);
}

/** @param {HTMLElement} container */
function requestForm(container) {
  return form({
    label: 'Reset your password',
    fields: [
      h('p', {}, 'Enter the email address of your account and we’ll send you a link to set a new password.'),
      textField('email', 'Email address', { type: 'email', required: true, autocomplete: 'email', maxlength: 254 }),
    ],
    submit: 'Send reset link',
    onSubmit: async ({ email }) => {
      const { message } = await api.post('/auth/password/forgot/', { email: email.trim() });
      const status = h('p', { role: 'status', tabindex: '-1' }, message);
      fill(container, status, h('p.hint', {}, 'The link is valid for 30 minutes and works once.'), mailboxHint());
      status.focus();
    },
  });
}
