// Deleting one's account.

import * as api from '../api.js';
import { h, page } from '../dom.js';
import { form, password, tick } from '../forms.js';
import { tell } from '../notices.js';
import { go } from '../router.js';
import { ended, session } from '../session.js';
import { guarded } from '../step-up.js';

export default function view() {
  const sure = tick('sure', 'I know that this cannot be undone');
  const element = form({
    label: 'Delete my account',
    danger: true,
    fields: [
      h('input', { type: 'text', name: 'username', autocomplete: 'username', value: session.profile.username, hidden: true, 'aria-label': 'Username' }),
      password('password', 'Password', { autocomplete: 'current-password' }),
      sure,
    ],
    submit: 'Delete my account',
    aside: h('a.button', { href: '/security' }, 'Keep it'),
    run: async (values) => {
      if (!values.sure) {
        sure.fail('Please tick this first.');
        return sure.input.focus();
      }
      await guarded(() => api.remove('/users/profile/', { password: values.password }));
      ended();
      await go('/', { replace: true });
      return tell('Your account is deleted. Farewell!');
    },
  });
  return page('Delete your account', h('div.card.narrow', {},
    h('p', {}, 'Your profile, picture, settings and sessions go for good. What you played and wrote with others stays with them, under no name.'),
    h('p', {}, 'You may want to ', h('a', { href: '/account/export' }, 'download your data'), ' first.'),
    element));
}
