// Verifies an email address with the link from the email; without a token, asks to open the link.

import * as api from '../api.js';
import { mailboxHint } from '../dev-mailbox.js';
import { h, page } from '../dom.js';
import { errorMessage } from '../format.js';
import { openCurrentView, replaceAddress } from '../router.js';
import { onSessionChange, reloadProfile, session, updateProfile } from '../session.js';
import { sendAgainButton } from '../verification.js';

export default async function view({ signal }) {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (!token) return waitingPage(signal);
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

/** Asks to open the link, and goes on when that has happened in another tab or on another device. */
function waitingPage(signal) {
  const { profile } = session;
  if (profile?.email_verified) return verifiedPage();
  const lookAround = h('a', { href: '/' }, 'Look around');
  if (!profile) return page('Check your email', h('div.card.narrow', {}, h('p', {}, 'We sent a link to you. Open it to verify your email address.'), h('p', {}, lookAround)));
  onSessionChange(() => session.profile?.email_verified && openCurrentView(), signal);
  // A failure changes nothing: the next look asks again.
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && reloadProfile().catch(() => {}), { signal });
  return page('Check your email', h('div.card.narrow', {},
    h('p', {}, 'We sent a link to ', h('strong', {}, profile.email), '. Open it to verify your email address. Until then you can look around.'),
    mailboxHint(),
    h('div.actions', {}, sendAgainButton(), lookAround)));
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
  const canResend = session.profile && !session.profile.email_verified;
  const actions = [canResend && sendAgainButton('primary'), !session.signedIn && h('a.button.primary', { href: '/login' }, 'Log in')];
  return page('This link does not work', h('div.card.narrow', {},
    h('p', { role: 'alert' }, errorMessage(error)),
    h('p', {}, canResend ? 'We can send you a new link.' : 'Log in to request a new link.'),
    h('div.actions', {}, actions)));
}
