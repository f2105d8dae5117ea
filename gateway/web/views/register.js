// Making an account.

import * as api from '../api.js';
import { h, page } from '../dom.js';
import { form, password, text } from '../forms.js';
import { go } from '../router.js';
import { signedIn } from '../session.js';

export default function view() {
  return page('Make an account', h('div.card.narrow', {}, form({
    label: 'Make an account',
    fields: [
      text('username', 'Username', { required: true, autocomplete: 'username', maxlength: 30, spellcheck: 'false', hint: 'The name to log in and be found with. Letters, digits, “_”, “.” and “-”.' }),
      text('email', 'E-mail address', { type: 'email', required: true, autocomplete: 'email', maxlength: 254, hint: 'Only you see it.' }),
      password('password', 'Password', { autocomplete: 'new-password', hint: 'At least 8 characters, and hard to guess: a few unrelated words do well.' }),
      password('password_confirm', 'The same password again', { autocomplete: 'new-password' }),
    ],
    submit: 'Make my account',
    run: register,
  }), h('p.after', {}, 'Have one already? ', h('a', { href: '/login' }, 'Log in'), '.')));
}

async function register(values) {
  const { username, password: secret } = values;
  await api.post('/users/register/', { ...values, username: username.trim(), email: values.email.trim() });
  const { data } = await api.post('/auth/login/', { username: username.trim(), password: secret });
  signedIn(data);
  await go('/account/verify-email', { replace: true });
}
