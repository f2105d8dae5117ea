// Requests a password reset link.

import * as api from '../api.js';
import { mailboxHint } from '../dev-mailbox.js';
import { fill, h, page } from '../dom.js';
import { form, textField } from '../forms.js';

export default function view() {
  const container = h('div.card.narrow');
  fill(container, form({
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
  }), h('p.links', {}, h('a', { href: '/login' }, 'Back to login')));
  return page('Reset your password', container);
}
