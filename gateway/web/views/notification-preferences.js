// Of what to be told, and how.

import * as api from '../api.js';
import { h, page } from '../dom.js';
import { choice, form, tick } from '../forms.js';
import { tell } from '../notices.js';

const KINDS = [
  ['new_message', 'Messages'], ['friend_request', 'Friend requests'], ['new_friend', 'New friends'],
  ['game_invite', 'Invites to games'], ['match_ready', 'Matches that can begin'], ['new_tournament', 'Tournaments'],
  ['event', 'Events'], ['group', 'Groups'], ['system', 'Words from those who run this place'],
];
const MAIL = [['off', 'Never'], ['soon', 'When something has waited for a while'], ['hourly', 'At most once an hour'], ['daily', 'At most once a day']];

export default async function view({ signal }) {
  const { data } = await api.get('/notifications/preferences/', { signal });
  const kinds = KINDS.filter(([kind]) => data.kinds[kind]);
  const ticks = kinds.flatMap(([kind, name]) => {
    const { in_app: here, email } = data.kinds[kind];
    return [h('h2', {}, name), tick(`${kind}.in_app`, 'Here, with a badge', { value: here }), tick(`${kind}.email`, 'By mail, if it still waits', { value: email })];
  });
  return page('What to be told of', h('div.card.ways', {}, form({
    label: 'What to be told of',
    fields: [choice('digest', 'Mail about what waits', MAIL, { value: data.digest }), ...ticks],
    submit: 'Save',
    run: async ({ digest, ...ticked }) => {
      const channels = ([kind]) => [kind, { in_app: ticked[`${kind}.in_app`], email: ticked[`${kind}.email`] }];
      await api.put('/notifications/preferences/', { digest, kinds: { ...data.kinds, ...Object.fromEntries(kinds.map(channels)) } });
      tell('Saved.');
    },
  })), h('p', {}, h('a', { href: '/notifications' }, 'To the notifications')));
}
