// @ts-check
// Creates an account.

import { html } from '../../vendor/lit.js';
import { api } from '../../api/client.js';
import { h, page } from '../../elements/dom.js';
import { form, textField } from '../../elements/forms.js';
import { newPasswordField } from '../../elements/new-password-field.js';
import { navigate } from '../../shell/router.js';
import { session } from '../../api/session.js';

/** @import { Values } from '../../elements/forms.js' */

export default function view() {
  const login = html`<p class="links">Already have an account? <a href="/login">Log in</a>.</p>`;
  return page('Create your account', h('div.card.narrow', {}, registrationForm(), login));
}

function registrationForm() {
  const username = textField('username', 'Username', {
    required: true,
    autocomplete: 'username',
    maxlength: 30,
    spellcheck: 'false',
    hint: 'Others find you by this name. Letters, digits, “_”, “.” and “-”.',
  });
  const email = textField('email', 'Email address', {
    type: 'email',
    required: true,
    autocomplete: 'email',
    maxlength: 254,
    hint: 'Only you can see it.',
  });
  const personal = () => [username.input.value, ...email.input.value.split('@')];
  return form({
    label: 'Create account',
    fields: [username, email, newPasswordField('Password', personal)],
    submit: 'Create account',
    onSubmit: register,
    allAtOnce: true,
  });
}

/** @param {Values} values */
async function register({ username, email, password }) {
  const name = username.trim();
  // The password can be shown, so it is not typed twice.
  await api.post('/users/register/', { username: name, email: email.trim(), password, password_confirm: password });
  const { data } = await api.post('/auth/login/', { username: name, password });
  // A new account has no second factor.
  if ('access' in data) session.completeLogin(data);
  await navigate('/account/verify-email', { replace: true });
}
