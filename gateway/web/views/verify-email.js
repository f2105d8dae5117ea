// Verifies an email address with the link from the email; without a token, asks to open the link.

import * as api from '../api.js';
import { h, page } from '../dom.js';
import { errorMessage } from '../format.js';
import { replaceAddress } from '../router.js';
import { reloadProfile, session, updateProfile } from '../session.js';

export default async function view() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (!token) return waitingPage();
  // The token works once, so it does not belong into the history.
  replaceAddress(location.pathname);
  try {
    await api.post('/auth/email/verify/', { token });
  } catch (error) {
    if (![410, 422].includes(error.status)) throw error;
    return invalidLinkPage(error);
  }
  if (session.signedIn) updateProfile(await reloadProfile());
  return verifiedPage();
}

function waitingPage() {
  const { profile } = session;
  if (profile?.email_verified) return verifiedPage();
  const address = profile ? h('strong', {}, profile.email) : 'you';
  return page('Check your email', h('div.card.narrow', {},
    h('p', {}, 'We sent a link to ', address, '. Open it to verify your email address. Until then you can look around.'),
    h('p', {}, h('a', { href: '/' }, 'Look around'))));
}

function verifiedPage() {
  const next = session.signedIn
    ? h('a.button.primary', { href: '/' }, 'Continue')
    : h('a.button.primary', { href: '/login' }, 'Log in');
  return page('Email verified', h('div.card.narrow', {},
    h('p', {}, 'Thank you. You can now use all of Courtside.'),
    h('div.actions', {}, next)));
}

function invalidLinkPage(error) {
  const advice = session.profile && !session.profile.email_verified
    ? 'Use “Send again” above to get a new link.'
    : 'Log in to request a new link.';
  return page('This link does not work', h('div.card.narrow', {},
    h('p', { role: 'alert' }, errorMessage(error)), h('p', {}, advice),
    !session.signedIn && h('div.actions', {}, h('a.button.primary', { href: '/login' }, 'Log in'))));
}
