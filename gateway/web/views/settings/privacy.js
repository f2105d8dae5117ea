// @ts-check
// Privacy: who sees what, and who may write.

import { html } from '../../vendor/lit.js';
import { section } from '../../elements/dom.js';
import { checkbox, form, selectField } from '../../elements/forms.js';
import { session } from '../../api/session.js';
import { saveProfile } from './save-profile.js';
import { settingsPage } from './settings-page.js';

/**
 * @import { Privacy } from '../../api/types.js'
 * @import { Choice, Values } from '../../elements/forms.js'
 */

/** @type {Choice} */
const EVERYONE = ['everyone', 'Everyone'];
/** @type {Choice} */
const FRIENDS = ['friends', 'My friends'];
/** @type {Choice} */
const NOBODY = ['nobody', 'Nobody'];

export default async function view() {
  const { privacy } = await session.reloadProfile();
  return settingsPage(
    '/settings/privacy',
    'Privacy',
    section('Who can see and reach you', privacyForm(privacy)),
    section(
      'Blocked people',
      html`<p>
        They do not see you, and you do not see them. <a href="/friends?show=blocked">Show whom you blocked</a>
      </p>`,
    ),
  );
}

/** @param {Privacy} privacy */
function privacyForm(privacy) {
  // The server treats `everyone` as `friends` for the status, and `friends` as `nobody` for requests.
  const status = privacy.online_status === 'everyone' ? 'friends' : privacy.online_status;
  const requests = privacy.friend_requests === 'friends' ? 'nobody' : privacy.friend_requests;
  const all = [EVERYONE, FRIENDS, NOBODY];
  return form({
    label: 'Privacy',
    fields: [
      selectField('profile', 'Who can see your bio and stats', all, { value: privacy.profile }),
      selectField('match_history', 'Who can see your matches', all, { value: privacy.match_history }),
      selectField('online_status', 'Who can see when you’re online', [FRIENDS, NOBODY], { value: status }),
      selectField('friend_requests', 'Who can send you friend requests', [EVERYONE, NOBODY], { value: requests }),
      selectField('game_invites', 'Who can invite you to games', all, { value: privacy.game_invites }),
      checkbox('read_receipts', 'Show others when I have read their messages', { value: privacy.read_receipts }),
      checkbox('searchable', 'Let others find me in search', { value: privacy.searchable }),
    ],
    submit: 'Save privacy settings',
    onSubmit: (/** @type {Values} */ values) => saveProfile({ privacy: /** @type {Privacy} */ (values) }),
  });
}
