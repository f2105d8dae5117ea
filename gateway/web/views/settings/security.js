// @ts-check
// Account security: two-step login, password, sessions.

import { html } from '../../vendor/lit.js';
import { api } from '../../api/client.js';
import { section } from '../../elements/dom.js';
import { form, passwordField, usernameHint } from '../../elements/forms.js';
import { newPasswordField } from '../../elements/new-password-field.js';
import { openCurrentView } from '../../shell/router.js';
import { session } from '../../api/session.js';
import { withReauthentication } from '../../elements/step-up.js';
import { showToast } from '../../elements/toasts.js';
import { secondFactorSettings } from './security-second-factor.js';
import { sessionList } from './security-sessions.js';
import { settingsPage } from './settings-page.js';

/** @import { Profile } from '../../api/types.js' */

export default async function view() {
  const [profile, sessions] = await Promise.all([session.reloadProfile(), api.get('/auth/sessions/?limit=100')]);
  return settingsPage(
    '/settings/security',
    'Security',
    section(
      'Two-step login',
      profile.email_verified
        ? secondFactorSettings(profile)
        : html`<p>
            Verify your email address to turn on two-step login.
            <a href="/account/verify-email">Verify it</a>
          </p>`,
    ),
    section('Password', passwordForm(profile)),
    section('Where you’re logged in', sessionList(sessions.data)),
  );
}

/** @param {Profile} profile */
function passwordForm({ username, email }) {
  return form({
    label: 'Change password',
    fields: [
      usernameHint(username),
      passwordField('current_password', 'Current password', { autocomplete: 'current-password' }),
      newPasswordField('New password', () => [username, ...email.split('@')]),
    ],
    submit: 'Change password',
    allAtOnce: true,
    onSubmit: async ({ current_password: current, password }) => {
      const body = { current_password: current, password, password_confirm: password };
      const { message } = await withReauthentication(() => api.post('/auth/password/change/', body));
      await openCurrentView();
      showToast(message ?? 'Password changed.');
    },
  });
}
