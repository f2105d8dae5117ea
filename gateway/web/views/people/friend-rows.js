// @ts-check
// The rows of friends, requests that were sent, and blocks.

import { actionButton, iconLink } from '../../elements/action-button.js';
import { chatUrl, inviteUrl, personRow, statusLabel } from '../../elements/person-row.js';
import { timeAgo } from '../../elements/relative-time.js';
import { friendsStore } from '../../live/friends-store.js';
import { friendMenu } from './person-menu.js';

/** @import { BlockedUser, Friend, FriendRequest } from '../../api/types.js' */

/** @param {Friend} friend */
export function friendRow(friend) {
  const { username, display_name: name, status } = friend;
  return personRow(friend, {
    status,
    detail: statusLabel(status),
    actions: [
      iconLink('rally', `Invite ${name} to a game`, inviteUrl(username)),
      iconLink('chat', `Chat with ${name}`, chatUrl(username)),
      friendMenu(friend),
    ],
  });
}

/** @param {FriendRequest} request */
export function outgoingRow(request) {
  const name = `Cancel request to ${request.user.display_name}`;
  return personRow(request.user, {
    detail: ['Sent ', timeAgo(request.created_at)],
    actions: actionButton('Cancel request', () => friendsStore.cancelRequest(request), { name }),
  });
}

/** @param {BlockedUser} block */
export function blockRow({ user, created_at: createdAt }) {
  return personRow(user, {
    detail: ['Blocked ', timeAgo(createdAt)],
    actions: actionButton('Unblock', () => friendsStore.unblock(user.username), {
      name: `Unblock ${user.display_name}`,
    }),
  });
}
