// Deletes the account.

import * as api from '../api.js';
import { h, page } from '../dom.js';
import { checkbox, form, passwordField } from '../forms.js';
import { navigate } from '../router.js';
import { endSessionBy, session } from '../session.js';
import { withReauthentication } from '../step-up.js';
import { showToast } from '../toasts.js';

export default function view() {
  const confirmation = checkbox('confirmation', 'I understand that this cannot be undone');
  const element = form({
    label: 'Delete account',
    danger: true,
    fields: [
      h('input', { type: 'text', name: 'username', autocomplete: 'username', value: session.profile.username, hidden: true, 'aria-label': 'Username' }),
      passwordField('password', 'Password', { autocomplete: 'current-password' }),
      confirmation,
    ],
    submit: 'Delete account',
    aside: h('a.button', { href: '/security' }, 'Cancel'),
    onSubmit: async (values) => {
      if (!values.confirmation) {
        confirmation.setError('Please confirm first.');
        return confirmation.input.focus();
      }
      await withReauthentication(() => endSessionBy(() => api.remove('/users/profile/', { password: values.password })));
      await navigate('/', { replace: true });
      return showToast('Your account is deleted.');
    },
  });
  return page('Delete your account', h('div.card.narrow', {},
    h('p', {}, 'This permanently deletes your profile, picture, settings and sessions. Matches you played and messages you sent to others remain, without your name.'),
    h('p', {}, 'You can ', h('a', { href: '/account/export' }, 'download your data'), ' first.'),
    element));
}
