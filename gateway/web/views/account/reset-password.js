// @ts-check
// Sets a new password with the link from the email.

import { api } from '../../api/client.js';
import { fill, h, page } from '../../elements/dom.js';
import { errorMessage } from '../../elements/format.js';
import { form } from '../../elements/forms.js';
import { newPasswordField } from '../../elements/new-password-field.js';
import { replaceAddress } from '../../shell/router.js';
import { session } from '../../api/session.js';

/**
 * @import { Failure } from '../../elements/format.js'
 * @import { ViewContext } from '../view-context.js'
 */

/** @param {ViewContext} context */
export default function view({ state }) {
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? state.token;
  if (typeof token !== 'string') return missingToken();
  // Takes the token out of the address, where it could leak; a reload finds it in the history state.
  replaceAddress(location.pathname, { token });
  const container = h('div.card.narrow');
  const element = form({
    label: 'Set a new password',
    fields: [newPasswordField('New password')],
    submit: 'Set password',
    onSubmit: ({ password }) => resetPassword(token, password, container),
  });
  return page('Set a new password', fill(container, element));
}

/**
 * @param {string} token
 * @param {string} password
 * @param {HTMLElement} container
 */
async function resetPassword(token, password, container) {
  try {
    await api.post('/auth/password/reset/', { token, password, password_confirm: password });
  } catch (error) {
    if (!(/** @type {Failure} */ (error).code?.startsWith('auth.link_'))) throw error;
    fill(container, h('p', { role: 'alert' }, errorMessage(error)), newLinkButton());
    return;
  }
  replaceAddress(location.pathname, {});
  // The server ends all sessions of the account, including this one.
  if (session.signedIn) session.end();
  const status = h('p', { role: 'status', tabindex: '-1' }, 'Your password has been changed.');
  fill(container, status, h('div.actions', {}, h('a.button.primary', { href: '/login' }, 'Log in')));
  status.focus();
}

const newLinkButton = () =>
  h('div.actions', {}, h('a.button.primary', { href: '/account/forgot-password' }, 'Request a new link'));

const missingToken = () =>
  page(
    'Set a new password',
    h('div.card.narrow', {}, h('p', {}, 'Open this page with the link from the email.'), newLinkButton()),
  );
