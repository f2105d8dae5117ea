// Logging in, in one step or two.

import * as api from '../api.js';
import { fill, h, page } from '../dom.js';
import { form, password, text } from '../forms.js';
import { secondStep } from '../second-step.js';
import { signedIn } from '../session.js';
import { explain } from '../words.js';

export default function view({ query }) {
  const place = h('div.card.narrow');
  const first = query.has('next') ? h('p.hint', {}, 'Log in to see this page.') : null;
  start(place, first);
  return page('Log in', place);
}

function start(place, above) {
  fill(place, above, form({
    label: 'Log in',
    fields: [
      text('username', 'Username or e-mail address', { required: true, autocomplete: 'username', maxlength: 254, spellcheck: 'false' }),
      password('password', 'Password', { autocomplete: 'current-password' }),
    ],
    submit: 'Log in',
    run: async (values) => {
      const { data } = await api.post('/auth/login/', { ...values, username: values.username.trim() });
      if (data.second_factor) return finish(place, data.second_factor);
      // From here the router goes on by itself: this page is for visitors.
      return signedIn(data);
    },
  }), h('p.after', {},
    h('a', { href: '/account/forgot-password' }, 'Forgot your password?'), ' ',
    h('a', { href: '/register' }, 'Make an account')));
}

function finish(place, factor) {
  const over = (error) => {
    start(place, error && h('p.alert', { role: 'alert' }, explain(error)));
    place.querySelector('input').focus();
  };
  const send = async (answer) => signedIn((await api.post('/auth/login/verify/', answer)).data);
  const back = h('button.link', { type: 'button', onclick: () => over() }, 'Start again');
  fill(place, h('p', {}, 'Your password is right. One more step:'), secondStep({ factor, send, over }), back);
}
