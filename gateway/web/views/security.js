// Account security: two-step login, password, email address, sessions.

import * as api from '../api.js';
import { mailboxHint } from '../dev-mailbox.js';
import { h, page, section } from '../dom.js';
import { form, passwordField, textField } from '../forms.js';
import { openCurrentView } from '../router.js';
import { reloadProfile, updateProfile } from '../session.js';
import { withReauthentication } from '../step-up.js';
import { showToast } from '../toasts.js';
import { secondFactorSettings } from './security-second-factor.js';
import { sessionList } from './security-sessions.js';

export default async function view() {
  const [profile, sessions] = await Promise.all([reloadProfile(), api.get('/auth/sessions/?limit=100')]);
  return page('Security',
    section('Two-step login', profile.email_verified ? secondFactorSettings(profile) : h('p', {}, 'Verify your email address to turn on two-step login.')),
    section('Password', passwordForm(profile)),
    section('Email address', emailForm(profile)),
    section('Where you’re logged in', sessionList(sessions.data)),
    section('Your data', h('p', {}, 'You can ', h('a', { href: '/account/export' }, 'download all your data'), ' or ',
      h('a', { href: '/account/delete' }, 'delete your account'), '.')));
}

function passwordForm(profile) {
  return form({
    label: 'Change password',
    fields: [
      h('input', { type: 'text', name: 'username', autocomplete: 'username', value: profile.username, hidden: true, 'aria-label': 'Username' }),
      passwordField('current_password', 'Current password', { autocomplete: 'current-password' }),
      passwordField('password', 'New password', { autocomplete: 'new-password' }),
      passwordField('password_confirm', 'Confirm new password', { autocomplete: 'new-password' }),
    ],
    submit: 'Change password',
    onSubmit: async (values) => {
      const { message } = await withReauthentication(() => api.post('/auth/password/change/', values));
      await openCurrentView();
      showToast(message);
    },
  });
}

function emailForm(profile) {
  const pending = profile.pending_email && h('div.note', {},
    h('p', {}, 'We sent a link to ', h('strong', {}, profile.pending_email), '. Your address changes when you open it.'), mailboxHint());
  return h('div.stack', {},
    h('p', {}, 'Your email address is ', h('strong', {}, profile.email), profile.email_verified ? '.' : ' (not verified).'),
    pending,
    form({
      label: 'Change email address',
      fields: [textField('email', 'New email address', { type: 'email', required: true, autocomplete: 'email', maxlength: 254 })],
      submit: 'Change email address',
      onSubmit: async ({ email }) => {
        const { data } = await withReauthentication(() => api.patch('/users/profile/', { email: email.trim() }));
        updateProfile(data);
        await openCurrentView();
        showToast(`We sent a link to ${email.trim()}.`);
      },
    }));
}
