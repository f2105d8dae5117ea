// @ts-check
// What can be done within a notification: answer requests and invites, go to a tournament or its match.

import { gameName } from '../games/game-texts.js';
import { friendsStore } from './friends-store.js';
import { invitesStore } from './invites-store.js';
import { matchesStore } from './matches-store.js';
import { notificationText } from './notification-text.js';
import { navigate } from '../shell/router.js';

/** @typedef {import('../api/types.js').FriendRequest} FriendRequest */
/** @typedef {import('../api/types.js').Invite} Invite */
/** @typedef {import('../api/types.js').Notification} Notification */
/** @typedef {{ label: string, name: string, run: () => Promise<unknown> }} NotificationAction */

/**
 * The actions of a notification that has just arrived; none for most kinds.
 *
 * @param {Notification} item
 * @returns {NotificationAction[]}
 */
export function notificationActions(item) {
  if (item.action === 'friend_request') return requestActions(item.data);
  if (item.action === 'game_invite') return inviteActions(item.data);
  return item.action === 'new_tournament' || item.action === 'match_ready' ? linkActions(item) : [];
}

/**
 * Whether the request or the invite of a notification still waits for an answer.
 *
 * @param {Notification} item
 */
export function isPending({ action, data }) {
  if (action === 'friend_request') return friendsStore.incoming.value.some(hasId(data.id));
  if (action === 'match_ready') return matchesStore.current.value?.match_id === data['match_id'];
  return action === 'game_invite' && invitesStore.received.value.some(hasId(data.id));
}

/** @param {string} wanted */
const hasId =
  (wanted) =>
  (/** @type {{ id: string }} */ { id }) =>
    id === wanted;

/**
 * @param {Notification} item
 * @returns {NotificationAction[]}
 */
function linkActions(item) {
  const { href, text } = notificationText(item);
  if (!href) return [];
  const label = item.action === 'match_ready' ? 'Play' : 'View';
  return [{ label, name: `${label}: ${text}`, run: () => navigate(href) }];
}

/**
 * @param {FriendRequest} request
 * @returns {NotificationAction[]}
 */
function requestActions(request) {
  const name = request.user.display_name;
  return [
    { label: 'Accept', name: `Accept request from ${name}`, run: () => friendsStore.acceptRequest(request) },
    { label: 'Decline', name: `Decline request from ${name}`, run: () => friendsStore.declineRequest(request) },
  ];
}

/**
 * The actions of a received invite.
 *
 * @param {Invite} invite
 * @returns {NotificationAction[]}
 */
export function inviteActions(invite) {
  const name = invite.sender.display_name;
  return [
    {
      label: 'Accept',
      name: `Accept invite to ${gameName(invite.game)} from ${name}`,
      run: () => invitesStore.answer(invite, 'accept'),
    },
    { label: 'Decline', name: `Decline invite from ${name}`, run: () => invitesStore.answer(invite, 'decline') },
  ];
}
