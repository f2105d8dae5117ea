// What guards the account: address, password, second step, sessions.

import * as api from '../api.js';
import { h, page, section } from '../dom.js';
import { form, password, text } from '../forms.js';
import { mailboxHint } from '../mailbox.js';
import { tell } from '../notices.js';
import { open } from '../router.js';
import { changed, reload } from '../session.js';
import { guarded } from '../step-up.js';
import { secondStepSettings } from './security-second-step.js';
import { sessionList } from './security-sessions.js';

export default async function view() {
  const [profile, sessions] = await Promise.all([reload(), api.get('/auth/sessions/?limit=100')]);
  return page('Security',
    section('Second step', profile.email_verified ? secondStepSettings(profile) : h('p', {}, 'A second step needs a proven e-mail address.')),
    section('Password', passwordForm(profile)),
    section('E-mail address', addressForm(profile)),
    section('Where you are logged in', sessionList(sessions.data)),
    section('Leaving', h('p', {}, 'You can ', h('a', { href: '/account/export' }, 'download all your data'), ' or ',
      h('a', { href: '/account/delete' }, 'delete your account'), '.')));
}

function passwordForm(profile) {
  return form({
    label: 'Change the password',
    fields: [
      h('input', { type: 'text', name: 'username', autocomplete: 'username', value: profile.username, hidden: true, 'aria-label': 'Username' }),
      password('current_password', 'Password so far', { autocomplete: 'current-password' }),
      password('password', 'New password', { autocomplete: 'new-password' }),
      password('password_confirm', 'The new password again', { autocomplete: 'new-password' }),
    ],
    submit: 'Change the password',
    run: async (values) => {
      const { message } = await guarded(() => api.post('/auth/password/change/', values));
      await open();
      tell(message);
    },
  });
}

function addressForm(profile) {
  const pending = profile.pending_email && h('div.note', {},
    h('p', {}, 'We sent a link to ', h('strong', {}, profile.pending_email), '. Until you follow it, the old address counts.'), mailboxHint());
  return h('div.stack', {},
    h('p', {}, 'Your address is ', h('strong', {}, profile.email), profile.email_verified ? '.' : ', not proven yet.'),
    pending,
    form({
      label: 'Change the e-mail address',
      fields: [text('email', 'New e-mail address', { type: 'email', required: true, autocomplete: 'email', maxlength: 254 })],
      submit: 'Change the address',
      run: async ({ email }) => {
        const { data } = await guarded(() => api.patch('/users/profile/', { email: email.trim() }));
        changed(data);
        await open();
        tell(`We sent a link to ${email.trim()}.`);
      },
    }));
}
