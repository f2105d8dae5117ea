// @ts-check
// The account: email address, language, theme, and its end.

import { html, nothing } from '../../vendor/lit.js';
import { api } from '../../api/client.js';
import { mailboxHint } from '../../live/dev-mailbox.js';
import { section } from '../../elements/dom.js';
import { form, segmentedControl, selectField, textField } from '../../elements/forms.js';
import { sendAgainButton } from '../../elements/send-again-button.js';
import { openCurrentView } from '../../shell/router.js';
import { session } from '../../api/session.js';
import { applyTheme } from '../../shell/theme.js';
import { withReauthentication } from '../../elements/step-up.js';
import { showError, showToast } from '../../elements/toasts.js';
import { saveProfile } from './save-profile.js';
import { settingsPage } from './settings-page.js';

/**
 * @import { Profile, Theme } from '../../api/types.js'
 * @import { Choice } from '../../elements/forms.js'
 */

/** @type {Choice[]} */
const THEMES = [
  ['light', 'Light'],
  ['dark', 'Dark'],
  ['system', 'System'],
];
const LANGUAGES = 'en de es fr it nl pl pt-BR pt sv tr uk ar hi ja ko zh'.split(' ');

export default async function view() {
  const profile = await session.reloadProfile();
  return settingsPage(
    '/settings/account',
    'Account',
    section('Email address', emailPart(profile)),
    section('Appearance', themeControl(profile)),
    section('Language', languageForm(profile)),
    section(
      'Delete your account',
      html`<p>This cannot be undone. You can <a href="/settings/data">download your data</a> first.</p>
        <div class="actions"><a class="button danger" href="/settings/delete">Delete account…</a></div>`,
    ),
  );
}

/** @param {Profile} profile */
const emailPart = (profile) =>
  html`<p>
      Your email address is <strong>${profile.email}</strong>${profile.email_verified ? '.' : ' (not verified).'}
    </p>
    ${profile.email_verified ? nothing : html`<div class="actions">${sendAgainButton()}</div>`}
    ${profile.pending_email ? pendingNote(profile.pending_email) : nothing} ${emailForm()}`;

/** @param {string} address */
const pendingNote = (address) =>
  html`<div class="note">
    <p>We sent a link to <strong>${address}</strong>. Your address changes when you open it.</p>
    ${mailboxHint()}
  </div>`;

function emailForm() {
  const field = textField('email', 'New email address', {
    type: 'email',
    required: true,
    autocomplete: 'email',
    maxlength: 254,
  });
  return form({
    label: 'Change email address',
    fields: [field],
    submit: 'Change email address',
    onSubmit: async ({ email }) => {
      const { data } = await withReauthentication(() => api.patch('/users/profile/', { email: email.trim() }));
      session.updateProfile(data);
      await openCurrentView();
      showToast(`We sent a link to ${email.trim()}.`);
    },
  });
}

/** @param {Profile} profile */
function themeControl(profile) {
  return segmentedControl('theme', 'Theme', THEMES, profile.theme, async (value) => {
    const theme = /** @type {Theme} */ (value);
    applyTheme(theme);
    try {
      await saveProfile({ theme });
    } catch (error) {
      showError(error);
    }
  });
}

/** @param {Profile} profile */
function languageForm(profile) {
  const field = selectField('language', 'Preferred language', languageChoices(profile.language), {
    value: profile.language,
    autocomplete: 'language',
    hint: 'For games and apps that know it. This app itself is in English.',
  });
  return form({ label: 'Language', fields: [field], submit: 'Save language', onSubmit: saveProfile });
}

/**
 * @param {string} current
 * @returns {Choice[]}
 */
function languageChoices(current) {
  const names = new Intl.DisplayNames(['en'], { type: 'language' });
  const tags = LANGUAGES.includes(current) ? LANGUAGES : [current, ...LANGUAGES];
  return tags.map((tag) => [tag, names.of(tag) ?? tag]);
}
