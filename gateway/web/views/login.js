// Logs in, in one or two steps.

import * as api from '../api.js';
import { fill, h, page } from '../dom.js';
import { errorMessage } from '../format.js';
import { form, passwordField, textField } from '../forms.js';
import { secondFactorForm } from '../second-factor.js';
import { completeLogin } from '../session.js';

export default function view({ query }) {
  const container = h('div.card.narrow');
  showPasswordStep(container, query.has('next') ? h('p.hint', {}, 'Log in to see this page.') : null);
  return page('Log in', container);
}

function showPasswordStep(container, notice) {
  fill(container, notice, form({
    label: 'Log in',
    fields: [
      textField('username', 'Username or email address', { required: true, autocomplete: 'username', maxlength: 254, spellcheck: 'false' }),
      passwordField('password', 'Password', { autocomplete: 'current-password' }),
    ],
    submit: 'Log in',
    onSubmit: async (values) => {
      const { data } = await api.post('/auth/login/', { ...values, username: values.username.trim() });
      if (data.second_factor) return showSecondFactorStep(container, data.second_factor);
      // The session change makes the router leave this view.
      return completeLogin(data);
    },
  }), h('p.links', {},
    h('a', { href: '/account/forgot-password' }, 'Forgot your password?'), ' ',
    h('a', { href: '/register' }, 'Create account')));
}

function showSecondFactorStep(container, challenge) {
  const restart = (error) => {
    showPasswordStep(container, error && h('p.alert', { role: 'alert' }, errorMessage(error)));
    container.querySelector('input').focus();
  };
  const verify = async (answer) => completeLogin((await api.post('/auth/login/verify/', answer)).data);
  const back = h('button.link', { type: 'button', onclick: () => restart() }, 'Start over');
  fill(container, h('p', {}, 'One more step: enter your code.'), secondFactorForm({ challenge, verify, restart }), back);
}
