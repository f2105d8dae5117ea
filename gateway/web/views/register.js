// Creates an account.

import * as api from '../api.js';
import { h, page } from '../dom.js';
import { form, passwordField, textField } from '../forms.js';
import { navigate } from '../router.js';
import { completeLogin } from '../session.js';

export default function view() {
  return page('Create your account', h('div.card.narrow', {}, form({
    label: 'Create account',
    fields: [
      textField('username', 'Username', { required: true, autocomplete: 'username', maxlength: 30, spellcheck: 'false', hint: 'Others find you by this name. Letters, digits, “_”, “.” and “-”.' }),
      textField('email', 'Email address', { type: 'email', required: true, autocomplete: 'email', maxlength: 254, hint: 'Only you can see it.' }),
      passwordField('password', 'Password', { autocomplete: 'new-password', hint: 'At least 8 characters. A few unrelated words work well.' }),
      passwordField('password_confirm', 'Confirm password', { autocomplete: 'new-password' }),
    ],
    submit: 'Create account',
    onSubmit: register,
  }), h('p.links', {}, 'Already have an account? ', h('a', { href: '/login' }, 'Log in'), '.')));
}

async function register(values) {
  const username = values.username.trim();
  await api.post('/users/register/', { ...values, username, email: values.email.trim() });
  const { data } = await api.post('/auth/login/', { username, password: values.password });
  completeLogin(data);
  await navigate('/account/verify-email', { replace: true });
}
