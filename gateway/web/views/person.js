// A user's public profile.

import * as api from '../api.js';
import { avatar, h, heading } from '../dom.js';
import { formatDate } from '../format.js';
import * as friendsStore from '../realtime/friends-store.js';
import { session } from '../session.js';
import { personActions } from './person-actions.js';
import { personGames } from './person-games.js';

export default async function view({ params, signal }) {
  const [{ data: user }] = await Promise.all([
    api.get(`/users/${encodeURIComponent(params.username)}/`, { signal }),
    friendsStore.ready('friends', 'incoming', 'outgoing', 'blocks'),
  ]);
  const games = await personGames(user, signal);
  const isOwn = user.id === session.profile?.id;
  const head = h('div.person', {}, avatar(user, 96), h('div', {},
    heading(user.display_name),
    h('p.hint', {}, `@${user.username}`, user.date_joined && ` · joined ${formatDate(user.date_joined)}`),
    isOwn && h('div.actions', {}, h('a.button', { href: '/profile' }, 'Edit your profile'))));
  const bio = user.bio && h('p.bio', {}, user.bio);
  const restricted = user.restricted && h('p.hint', {}, `The rest of ${user.display_name}’s profile is private.`);
  return { title: user.display_name, content: [h('div.card', {}, head, bio, !isOwn && personActions(user, signal), restricted), ...games.filter(Boolean)] };
}
