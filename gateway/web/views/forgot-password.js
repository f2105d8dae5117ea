// Asking for a link to set a new password.

import * as api from '../api.js';
import { fill, h, page } from '../dom.js';
import { form, text } from '../forms.js';
import { mailboxHint } from '../mailbox.js';

export default function view() {
  const place = h('div.card.narrow');
  fill(place, form({
    label: 'Forgotten password',
    fields: [
      h('p', {}, 'Type the e-mail address of your account, and we will mail you a link to set a new password.'),
      text('email', 'E-mail address', { type: 'email', required: true, autocomplete: 'email', maxlength: 254 }),
    ],
    submit: 'Send me the link',
    run: async ({ email }) => {
      const { message } = await api.post('/auth/password/forgot/', { email: email.trim() });
      const said = h('p', { role: 'status', tabindex: '-1' }, message);
      fill(place, said, h('p.hint', {}, 'The link is good for 30 minutes, once.'), mailboxHint());
      said.focus();
    },
  }), h('p.after', {}, h('a', { href: '/login' }, 'Back to logging in')));
  return page('Forgotten password', place);
}
