// Setting a new password with the link of the mail.

import * as api from '../api.js';
import { fill, h, page } from '../dom.js';
import { form, password } from '../forms.js';
import { rename } from '../router.js';
import { ended, session } from '../session.js';
import { explain } from '../words.js';

export default function view({ state }) {
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? state.token;
  if (!token) return unusable('This page needs the link from the mail.');
  // Out of the address, where others could read it; a reload still finds it.
  rename(location.pathname, { token });
  const place = h('div.card.narrow');
  return page('Set a new password', fill(place, form({
    label: 'Set a new password',
    fields: [
      password('password', 'New password', { autocomplete: 'new-password', hint: 'At least 8 characters, and hard to guess: a few unrelated words do well.' }),
      password('password_confirm', 'The same password again', { autocomplete: 'new-password' }),
    ],
    submit: 'Set it',
    run: (values) => reset(token, values, place),
  })));
}

async function reset(token, values, place) {
  try {
    await api.post('/auth/password/reset/', { token, ...values });
  } catch (error) {
    if (!error.code?.startsWith('auth.link_')) throw error;
    fill(place, h('p', { role: 'alert' }, explain(error)), another());
    return;
  }
  rename(location.pathname, {});
  // A new password ends all sessions, this one too.
  if (session.signedIn) ended();
  const said = h('p', { role: 'status', tabindex: '-1' }, 'The new password is set.');
  fill(place, said, h('div.actions', {}, h('a.button.primary', { href: '/login' }, 'Log in with it')));
  said.focus();
}

const another = () => h('div.actions', {}, h('a.button.primary', { href: '/account/forgot-password' }, 'Ask for a new link'));

const unusable = (words) => page('Set a new password', h('div.card.narrow', {}, h('p', {}, words), another()));
