// @ts-check
// Deletes the account.

import { html } from '../../vendor/lit.js';
import { api } from '../../api/client.js';
import { h } from '../../elements/dom.js';
import { checkbox, form, passwordField, usernameHint } from '../../elements/forms.js';
import { navigate } from '../../shell/router.js';
import { session } from '../../api/session.js';
import { withReauthentication } from '../../elements/step-up.js';
import { showToast } from '../../elements/toasts.js';
import { settingsPage } from './settings-page.js';

export default function view() {
  return settingsPage(
    '/settings/account',
    'Delete your account',
    html`<section class="card" aria-label="Delete your account">
      <p>
        This permanently deletes your profile, picture, settings and sessions. Matches you played and messages you sent
        to others remain, without your name.
      </p>
      <p>You can <a href="/settings/data">download your data</a> first.</p>
      ${deletionForm()}
    </section>`,
  );
}

function deletionForm() {
  const confirmation = checkbox('confirmation', 'I understand that this cannot be undone');
  return form({
    label: 'Delete account',
    danger: true,
    fields: [
      usernameHint(session.profile?.username ?? ''),
      passwordField('password', 'Password', { autocomplete: 'current-password' }),
      confirmation,
    ],
    submit: 'Delete account',
    aside: h('a.button', { href: '/settings/account' }, 'Cancel'),
    onSubmit: async ({ password }) => {
      if (confirmation.read()) return deleteAccount(password);
      confirmation.setError('Please confirm first.');
      return confirmation.input.focus();
    },
  });
}

/** @param {string} password */
async function deleteAccount(password) {
  const end = () => session.endBy(() => api.remove('/users/profile/', { password }));
  await withReauthentication(end);
  await navigate('/', { replace: true });
  showToast('Your account is deleted.');
}
