// One's own profile: picture, name, colours, privacy.

import * as api from '../api.js';
import { h, page, section } from '../dom.js';
import { choice, form, lines, segments, text, tick } from '../forms.js';
import { tell, warn } from '../notices.js';
import { changed, reload } from '../session.js';
import { apply } from '../theme.js';
import { picture } from './profile-picture.js';

const THEMES = [['light', 'Light'], ['dark', 'Dark'], ['system', 'As my device']];
const LANGUAGES = ['en', 'de', 'es', 'fr', 'it', 'nl', 'pl', 'pt-BR', 'pt', 'sv', 'tr', 'uk', 'ar', 'hi', 'ja', 'ko', 'zh'];
const EVERYONE = ['everyone', 'Everyone'];
const FRIENDS = ['friends', 'My friends'];
const NOBODY = ['nobody', 'Nobody'];

export default async function view() {
  const profile = await reload();
  const own = h('p.after', {}, h('a', { href: `/people/${encodeURIComponent(profile.username)}` }, 'See it as others do'));
  return page('Profile',
    section('Picture', picture(profile)),
    section('About you', aboutForm(profile), own),
    section('Colours', themes(profile)),
    section('Privacy', privacyForm(profile.privacy)));
}

function aboutForm(profile) {
  const named = profile.display_name === profile.username ? '' : profile.display_name;
  return form({
    label: 'About you',
    fields: [
      text('display_name', 'Display name', { value: named, maxlength: 50, autocomplete: 'nickname', autocapitalize: 'words', placeholder: profile.username, hint: `What others read. Left empty, it is ${profile.username}.` }),
      lines('bio', 'A few words about you', { value: profile.bio, maxlength: 500, autocapitalize: 'sentences', hint: 'At most 500 characters.' }),
      choice('language', 'Language', languages(profile.language), { value: profile.language, autocomplete: 'language', hint: 'The one you like to be written in. These pages are in English only.' }),
    ],
    submit: 'Save',
    run: save,
  });
}

async function save(parts) {
  const { data } = await api.patch('/users/profile/', parts);
  changed(data);
  tell('Saved.');
}

function languages(current) {
  const names = new Intl.DisplayNames(['en'], { type: 'language' });
  const tags = LANGUAGES.includes(current) ? LANGUAGES : [current, ...LANGUAGES];
  return tags.map((tag) => [tag, names.of(tag)]);
}

function themes(profile) {
  return segments('theme', 'Theme', THEMES, profile.theme, async (theme) => {
    apply(theme);
    try {
      await save({ theme });
    } catch (error) {
      warn(error);
    }
  });
}

function privacyForm(privacy) {
  // `friends` stands for both where the server treats `everyone` the same, and the other way round.
  const status = privacy.online_status === 'everyone' ? 'friends' : privacy.online_status;
  const requests = privacy.friend_requests === 'friends' ? 'nobody' : privacy.friend_requests;
  return form({
    label: 'Privacy',
    fields: [
      choice('profile', 'Who sees your words and statistics', [EVERYONE, FRIENDS, NOBODY], { value: privacy.profile }),
      choice('match_history', 'Who sees your matches', [EVERYONE, FRIENDS, NOBODY], { value: privacy.match_history }),
      choice('online_status', 'Who sees whether you are online', [FRIENDS, NOBODY], { value: status }),
      choice('friend_requests', 'Who may ask to be your friend', [EVERYONE, NOBODY], { value: requests }),
      choice('game_invites', 'Who may invite you to a game', [EVERYONE, FRIENDS, NOBODY], { value: privacy.game_invites }),
      tick('read_receipts', 'Others see that I have read their messages', { value: privacy.read_receipts }),
      tick('searchable', 'Others find me when they search', { value: privacy.searchable }),
    ],
    submit: 'Save privacy',
    run: (values) => save({ privacy: values }),
  });
}
