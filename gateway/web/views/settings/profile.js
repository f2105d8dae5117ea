// @ts-check
// The user's own profile, as others see it: picture, name, bio.

import { html } from '../../vendor/lit.js';
import { section } from '../../elements/dom.js';
import { form, textArea, textField } from '../../elements/forms.js';
import { profileUrl } from '../../elements/person-row.js';
import { session } from '../../api/session.js';
import { pictureEditor } from './profile-picture.js';
import { saveProfile } from './save-profile.js';
import { settingsPage } from './settings-page.js';

/** @import { Profile } from '../../api/types.js' */

export default async function view() {
  const profile = await session.reloadProfile();
  return settingsPage(
    '/settings/profile',
    'Profile',
    section('Picture', pictureEditor(profile)),
    section(
      'About you',
      aboutForm(profile),
      html`<p class="links"><a href=${profileUrl(profile.username)}>View your public profile</a></p>`,
    ),
  );
}

/** @param {Profile} profile */
function aboutForm(profile) {
  const displayName = profile.display_name === profile.username ? '' : profile.display_name;
  return form({
    label: 'About you',
    fields: [
      textField('display_name', 'Display name', {
        value: displayName,
        maxlength: 50,
        autocomplete: 'nickname',
        autocapitalize: 'words',
        placeholder: profile.username,
        hint: `The name others see. Empty: ${profile.username}.`,
      }),
      textArea('bio', 'Bio', {
        value: profile.bio,
        maxlength: 500,
        autocapitalize: 'sentences',
        hint: 'Up to 500 characters.',
      }),
    ],
    submit: 'Save',
    onSubmit: saveProfile,
  });
}
