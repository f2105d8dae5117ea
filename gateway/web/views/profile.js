// The user's own profile: picture, name, theme, privacy.

import * as api from '../api.js';
import { h, page, section } from '../dom.js';
import { checkbox, form, segmentedControl, selectField, textArea, textField } from '../forms.js';
import { profileUrl } from '../person-row.js';
import { reloadProfile, updateProfile } from '../session.js';
import { applyTheme } from '../theme.js';
import { showError, showToast } from '../toasts.js';
import { pictureEditor } from './profile-picture.js';

const THEMES = [['light', 'Light'], ['dark', 'Dark'], ['system', 'System']];
const LANGUAGES = ['en', 'de', 'es', 'fr', 'it', 'nl', 'pl', 'pt-BR', 'pt', 'sv', 'tr', 'uk', 'ar', 'hi', 'ja', 'ko', 'zh'];
const EVERYONE = ['everyone', 'Everyone'];
const FRIENDS = ['friends', 'My friends'];
const NOBODY = ['nobody', 'Nobody'];

export default async function view() {
  const profile = await reloadProfile();
  const publicLink = h('p.links', {}, h('a', { href: profileUrl(profile.username) }, 'View your public profile'));
  return page('Profile',
    section('Picture', pictureEditor(profile)),
    section('About you', aboutForm(profile), publicLink),
    section('Appearance', themeControl(profile)),
    section('Privacy', privacyForm(profile.privacy)));
}

function aboutForm(profile) {
  const displayName = profile.display_name === profile.username ? '' : profile.display_name;
  return form({
    label: 'About you',
    fields: [
      textField('display_name', 'Display name', { value: displayName, maxlength: 50, autocomplete: 'nickname', autocapitalize: 'words', placeholder: profile.username, hint: `The name others see. Empty: ${profile.username}.` }),
      textArea('bio', 'Bio', { value: profile.bio, maxlength: 500, autocapitalize: 'sentences', hint: 'Up to 500 characters.' }),
      selectField('language', 'Language', languageOptions(profile.language), { value: profile.language, autocomplete: 'language', hint: 'Your preferred language. The app itself is in English.' }),
    ],
    submit: 'Save',
    onSubmit: save,
  });
}

async function save(parts) {
  const { data } = await api.patch('/users/profile/', parts);
  updateProfile(data);
  showToast('Saved.');
}

function languageOptions(current) {
  const names = new Intl.DisplayNames(['en'], { type: 'language' });
  const tags = LANGUAGES.includes(current) ? LANGUAGES : [current, ...LANGUAGES];
  return tags.map((tag) => [tag, names.of(tag)]);
}

function themeControl(profile) {
  return segmentedControl('theme', 'Theme', THEMES, profile.theme, async (theme) => {
    applyTheme(theme);
    try {
      await save({ theme });
    } catch (error) {
      showError(error);
    }
  });
}

function privacyForm(privacy) {
  // The server treats `everyone` as `friends` for the status, and `friends` as `nobody` for requests.
  const status = privacy.online_status === 'everyone' ? 'friends' : privacy.online_status;
  const requests = privacy.friend_requests === 'friends' ? 'nobody' : privacy.friend_requests;
  return form({
    label: 'Privacy',
    fields: [
      selectField('profile', 'Who can see your bio and stats', [EVERYONE, FRIENDS, NOBODY], { value: privacy.profile }),
      selectField('match_history', 'Who can see your matches', [EVERYONE, FRIENDS, NOBODY], { value: privacy.match_history }),
      selectField('online_status', 'Who can see when you’re online', [FRIENDS, NOBODY], { value: status }),
      selectField('friend_requests', 'Who can send you friend requests', [EVERYONE, NOBODY], { value: requests }),
      selectField('game_invites', 'Who can invite you to games', [EVERYONE, FRIENDS, NOBODY], { value: privacy.game_invites }),
      checkbox('read_receipts', 'Show others when I have read their messages', { value: privacy.read_receipts }),
      checkbox('searchable', 'Let others find me in search', { value: privacy.searchable }),
    ],
    submit: 'Save privacy settings',
    onSubmit: (values) => save({ privacy: values }),
  });
}
