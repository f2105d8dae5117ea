// Proving an e-mail address: waiting for the mail, or following its link.

import * as api from '../api.js';
import { h, page } from '../dom.js';
import { rename } from '../router.js';
import { changed, reload, session } from '../session.js';
import { explain } from '../words.js';

export default async function view() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (!token) return waiting();
  // The token has done its work once it was sent, and has no place in the history.
  rename(location.pathname);
  try {
    await api.post('/auth/email/verify/', { token });
  } catch (error) {
    if (![410, 422].includes(error.status)) throw error;
    return refused(error);
  }
  if (session.signedIn) changed(await reload());
  return proven();
}

function waiting() {
  const profile = session.profile;
  if (profile?.email_verified) return proven();
  const address = profile ? h('strong', {}, profile.email) : 'you';
  return page('Look into your mail', h('div.card.narrow', {},
    h('p', {}, 'We have sent a link to ', address, '. Follow it to show that the address is yours; until then you can look around.'),
    h('p', {}, h('a', { href: '/' }, 'Look around'))));
}

function proven() {
  const next = session.signedIn
    ? h('a.button.primary', { href: '/' }, 'Go on')
    : h('a.button.primary', { href: '/login' }, 'Log in');
  return page('Your address is proven', h('div.card.narrow', {},
    h('p', {}, 'Thank you. Your e-mail address is yours, and everything is open to you.'),
    h('div.actions', {}, next)));
}

function refused(error) {
  const again = session.profile && !session.profile.email_verified
    ? 'Above you can have another one sent.'
    : 'Log in, and you can have another one sent.';
  return page('This link does not work', h('div.card.narrow', {},
    h('p', { role: 'alert' }, explain(error)), h('p', {}, again),
    !session.signedIn && h('div.actions', {}, h('a.button.primary', { href: '/login' }, 'Log in'))));
}
