// Notification settings: which kinds are shown in the app and sent by email.

import * as api from '../api.js';
import { h, page } from '../dom.js';
import { checkbox, form, selectField } from '../forms.js';
import { showToast } from '../toasts.js';

const KINDS = [
  ['new_message', 'Messages'], ['friend_request', 'Friend requests'], ['new_friend', 'New friends'],
  ['game_invite', 'Game invites'], ['match_ready', 'Matches ready to start'], ['new_tournament', 'Tournaments'],
  ['event', 'Events'], ['group', 'Groups'], ['system', 'Announcements'],
];
const DIGESTS = [['off', 'Never'], ['soon', 'After 15 minutes unread'], ['hourly', 'At most once an hour'], ['daily', 'At most once a day']];

export default async function view({ signal }) {
  const { data } = await api.get('/notifications/preferences/', { signal });
  const kinds = KINDS.filter(([kind]) => data.kinds[kind]);
  const fields = kinds.flatMap(([kind, name]) => {
    const { in_app: inApp, email } = data.kinds[kind];
    return [h('h2', {}, name), checkbox(`${kind}.in_app`, 'In the app', { value: inApp }), checkbox(`${kind}.email`, 'By email if unread', { value: email })];
  });
  return page('Notification settings', h('div.card.notification-kinds', {}, form({
    label: 'Notification settings',
    fields: [selectField('digest', 'Email summary', DIGESTS, { value: data.digest }), ...fields],
    submit: 'Save',
    onSubmit: async ({ digest, ...checked }) => {
      const channelsOf = ([kind]) => [kind, { in_app: checked[`${kind}.in_app`], email: checked[`${kind}.email`] }];
      await api.put('/notifications/preferences/', { digest, kinds: { ...data.kinds, ...Object.fromEntries(kinds.map(channelsOf)) } });
      showToast('Saved.');
    },
  })), h('p', {}, h('a', { href: '/notifications' }, 'Back to notifications')));
}
