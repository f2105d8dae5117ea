// @ts-check
// A received friend request in a list.

import { actionButton } from './action-button.js';
import { personRow } from './person-row.js';
import { timeAgo } from './relative-time.js';
import { showToast } from './toasts.js';
import { friendsStore } from '../live/friends-store.js';

/** @import { FriendRequest } from '../api/types.js' */

/** @param {FriendRequest} request */
export function requestRow(request) {
  const { display_name: name } = request.user;
  const accept = async () => {
    await friendsStore.acceptRequest(request);
    showToast(`You and ${name} are now friends.`);
  };
  return personRow(request.user, {
    detail: ['Sent ', timeAgo(request.created_at)],
    actions: [
      actionButton('Accept', accept, { variant: 'primary', name: `Accept request from ${name}` }),
      actionButton('Decline', () => friendsStore.declineRequest(request), { name: `Decline request from ${name}` }),
    ],
  });
}
