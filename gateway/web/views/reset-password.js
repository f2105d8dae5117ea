// Sets a new password with the link from the email.

import * as api from '../api.js';
import { fill, h, page } from '../dom.js';
import { errorMessage } from '../format.js';
import { form, passwordField } from '../forms.js';
import { replaceAddress } from '../router.js';
import { endSession, session } from '../session.js';

export default function view({ state }) {
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? state.token;
  if (!token) return missingToken();
  // Takes the token out of the address, where it could leak; a reload finds it in the history state.
  replaceAddress(location.pathname, { token });
  const container = h('div.card.narrow');
  return page('Set a new password', fill(container, form({
    label: 'Set a new password',
    fields: [
      passwordField('password', 'New password', { autocomplete: 'new-password', hint: 'At least 8 characters. A few unrelated words work well.' }),
      passwordField('password_confirm', 'Confirm new password', { autocomplete: 'new-password' }),
    ],
    submit: 'Set password',
    onSubmit: (values) => resetPassword(token, values, container),
  })));
}

async function resetPassword(token, values, container) {
  try {
    await api.post('/auth/password/reset/', { token, ...values });
  } catch (error) {
    if (!error.code?.startsWith('auth.link_')) throw error;
    fill(container, h('p', { role: 'alert' }, errorMessage(error)), newLinkButton());
    return;
  }
  replaceAddress(location.pathname, {});
  // The server ends all sessions of the account, including this one.
  if (session.signedIn) endSession();
  const status = h('p', { role: 'status', tabindex: '-1' }, 'Your password has been changed.');
  fill(container, status, h('div.actions', {}, h('a.button.primary', { href: '/login' }, 'Log in')));
  status.focus();
}

const newLinkButton = () => h('div.actions', {}, h('a.button.primary', { href: '/account/forgot-password' }, 'Request a new link'));

const missingToken = () => page('Set a new password', h('div.card.narrow', {}, h('p', {}, 'Open this page with the link from the email.'), newLinkButton()));
