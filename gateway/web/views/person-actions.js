// Actions on a profile: friendship, chat, invite, block.

import { actionButton } from '../action-button.js';
import { confirm } from '../dialogs.js';
import { fill, h } from '../dom.js';
import { inviteUrl, statusLabel } from '../person-row.js';
import * as friendsStore from '../realtime/friends-store.js';
import { navigate } from '../router.js';
import { showToast } from '../toasts.js';

/** The actions that the relation to a user allows, updated live. */
export function personActions(user, signal) {
  const container = h('div.stack');
  let shownKey = null;
  const render = () => {
    const current = friendsStore.relationTo(user.username);
    const key = [current.relation, current.friend?.status, current.request?.id].join();
    if (key === shownKey) return;
    shownKey = key;
    const hadFocus = container.contains(document.activeElement);
    fill(container, ...contentFor(user, current));
    if (hadFocus) container.querySelector('a, button').focus();
  };
  for (const list of [friendsStore.friends, friendsStore.incoming, friendsStore.outgoing, friendsStore.blocks]) list.subscribe(render, signal);
  return container;
}

function contentFor(user, { relation, friend, request }) {
  const contents = {
    friend: () => [status(`Your friend. ${statusLabel(friend.status)}.`), actions(chatLink(user), inviteLink(user), removeButton(user), blockButton(user))],
    incoming: () => [status(`${user.display_name} sent you a friend request.`), actions(
      actionButton('Accept', () => friendsStore.acceptRequest(request), { variant: 'primary' }),
      actionButton('Decline', () => friendsStore.declineRequest(request)), blockButton(user))],
    outgoing: () => [status('Friend request sent.'), actions(
      actionButton('Cancel request', () => friendsStore.cancelRequest(request)), inviteLink(user), blockButton(user))],
    blocked: () => [status('You blocked this person.'), actions(
      actionButton('Unblock', () => friendsStore.unblock(user.username)))],
    none: () => [actions(actionButton('Add friend', () => sendRequest(user), { variant: 'primary' }), inviteLink(user), blockButton(user))],
  };
  return contents[relation]();
}

const status = (text) => h('p', { role: 'status' }, text);
const actions = (...buttons) => h('div.actions', {}, buttons);

async function sendRequest(user) {
  const areFriends = await friendsStore.sendRequest(user.username);
  showToast(areFriends ? `You and ${user.display_name} are now friends.` : `Friend request sent to ${user.display_name}.`);
}

const chatLink = ({ username }) => h('a.button.primary', { href: `/chats/${encodeURIComponent(username)}` }, 'Chat');
const inviteLink = ({ username }) => h('a.button', { href: inviteUrl(username) }, 'Invite to a game');

function removeButton(user) {
  return actionButton('Remove friend', async () => {
    await confirm(`Remove ${user.display_name}?`, 'You will no longer be friends. They are not notified.', 'Remove');
    await friendsStore.removeFriend(user.username);
  });
}

function blockButton(user) {
  return actionButton('Block', async () => {
    await confirm(`Block ${user.display_name}?`, 'You will no longer see each other in search, chats, invites and games. They are not notified.', 'Block');
    await friendsStore.block(user.username);
    await navigate('/friends');
    showToast(`${user.display_name} is blocked.`);
  }, { variant: 'danger' });
}
