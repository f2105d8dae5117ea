// @ts-check
// What one rarely does with a person: end the friendship, or block them.

import { actionButton } from '../../elements/action-button.js';
import { contextMenu } from '../../elements/context-menu.js';
import { confirm } from '../../elements/dialogs.js';
import { h } from '../../elements/dom.js';
import { profileUrl } from '../../elements/person-row.js';
import { friendsStore } from '../../live/friends-store.js';
import { showToast } from '../../elements/toasts.js';

/** @typedef {{ username: string, display_name: string }} NamedUser */

/**
 * The menu of a friend in a list.
 * @param {NamedUser} user
 */
export const friendMenu = (user) =>
  contextMenu(`More actions for ${user.display_name}`, [
    h('a', { href: profileUrl(user.username) }, 'Profile'),
    removeButton(user),
    blockButton(user),
  ]);

/**
 * The menu of a profile.
 * @param {NamedUser} user
 * @param {{ isFriend: boolean, onBlocked: () => unknown }} options
 */
export const profileMenu = (user, { isFriend, onBlocked }) =>
  contextMenu(`More actions for ${user.display_name}`, [
    isFriend ? removeButton(user) : null,
    blockButton(user, onBlocked),
  ]);

/** @param {NamedUser} user */
function removeButton(user) {
  return actionButton('Remove friend', async () => {
    await confirm(`Remove ${user.display_name}?`, 'You will no longer be friends. They are not notified.', 'Remove');
    await friendsStore.removeFriend(user.username);
    showToast(`${user.display_name} is no longer your friend.`);
  });
}

/**
 * @param {NamedUser} user
 * @param {() => unknown} [onBlocked]
 */
function blockButton(user, onBlocked = () => {}) {
  const block = async () => {
    await confirm(
      `Block ${user.display_name}?`,
      'You will no longer see each other in search, chats, invites and games. They are not notified.',
      'Block',
    );
    await friendsStore.block(user.username);
    await onBlocked();
    showToast(`${user.display_name} is blocked.`);
  };
  return actionButton('Block', block, { variant: 'danger' });
}
