// @ts-check
// A direct conversation.

import { api } from '../../api/client.js';
import { actionButton } from '../../elements/action-button.js';
import { contextMenu } from '../../elements/context-menu.js';
import { confirm } from '../../elements/dialogs.js';
import { avatarWithStatus, inviteUrl, profileUrl, statusLabel } from '../../elements/person-row.js';
import { elementOf, following } from '../../elements/template-parts.js';
import { showToast } from '../../elements/toasts.js';
import { chatsStore } from '../../live/chats-store.js';
import { friendsStore } from '../../live/friends-store.js';
import { loadAndOpenChat } from '../../live/open-chat.js';
import { navigate, viewReady } from '../../shell/router.js';
import { html, nothing } from '../../vendor/lit.js';
import { chatLayout } from './chat-layout.js';
import { chatListReady } from './chat-list.js';
import { chatPanel } from './chat-panel.js';
import { friendCard } from './chat-people.js';

/** @typedef {import('../../api/types.js').Friend} Friend */
/** @typedef {import('../../api/types.js').OpenConversation} OpenConversation */

const FACE_SIZE = 44;

/** @param {{ params: { username: string }, signal: AbortSignal }} context */
export default async function view({ params, signal }) {
  const username = encodeURIComponent(params.username);
  const load = async () => {
    const opened = api.put(`/chats/${username}/`, undefined, { signal });
    return (await Promise.all([opened, chatListReady()]))[0].data;
  };
  const { room: friend, chat } = await loadAndOpenChat(load, signal);
  // The status that came with the conversation is shown until the list of friends is there.
  viewReady()
    .then(() => friendsStore.ready('friends'))
    .catch(() => {});
  const { display_name: name } = friend;
  const panel = chatPanel(
    chat,
    {
      label: `Message to ${name}`,
      emptyText: `This is the start of your conversation with ${name}.`,
      people: () => friendsStore.friends.value.filter(isSame(friend)),
      closedReason: closedReason(friend),
    },
    signal,
  );
  const page = {
    title: name,
    label: `Conversation with ${name}`,
    path: `/chats/${username}`,
    panel,
    people: friendCard(friend, signal),
  };
  return chatLayout({ ...page, ...header(friend, signal) }, signal);
}

/** @param {OpenConversation} friend */
const isSame = (friend) => (/** @type {Friend} */ one) => one.username === friend.username;

/**
 * Why the user cannot write here, or null.
 *
 * @param {OpenConversation} friend
 */
function closedReason({ is_deleted: isDeleted, can_write: canWrite, display_name: name }) {
  if (isDeleted) return 'This account was deleted. You can no longer send messages here.';
  return canWrite ? null : `You and ${name} are no longer friends. Add each other again to send messages.`;
}

/**
 * What stands in the header: the face, which links to the profile, the status, both updated live, and the menu.
 *
 * @param {OpenConversation} friend
 * @param {AbortSignal} signal
 */
function header(friend, signal) {
  const actions = contextMenu('More about this conversation', menuItems(friend));
  if (friend.is_deleted) return { picture: avatarWithStatus(friend, FACE_SIZE), actions };
  const opened = friend.is_online ? 'online' : 'offline';
  const status = () => friendsStore.friends.value.find(isSame(friend))?.status ?? opened;
  const face = () => avatarWithStatus(friend, FACE_SIZE, status());
  const profile = html`<a
    class="face-link"
    tabindex="-1"
    href=${profileUrl(friend.username)}
    aria-label=${`Profile of ${friend.display_name}`}
    ${following([friendsStore.friends], face, signal)}
  ></a>`;
  const line = html`<p
    class="hint"
    role="status"
    ${following([friendsStore.friends], () => statusLabel(status()), signal)}
  ></p>`;
  return { picture: profile, status: line, actions };
}

/** @param {OpenConversation} friend */
function menuItems(friend) {
  const { username, can_write: canWrite } = friend;
  const links = canWrite
    ? html`<a href=${inviteUrl(username)}>Invite to a game</a><a href=${profileUrl(username)}>View profile</a>`
    : nothing;
  return [elementOf(html`<div>${links}</div>`), deleteButton(friend)];
}

/** @param {OpenConversation} friend */
function deleteButton(friend) {
  const consequence = friend.is_deleted
    ? 'It cannot be opened again.'
    : `It is deleted only for you. ${friend.display_name} still has it.`;
  return actionButton('Delete conversation', async () => {
    await confirm('Delete this conversation?', consequence, 'Delete');
    await chatsStore.remove(friend.username);
    await navigate('/chats', { replace: true });
    showToast('Conversation deleted.');
  });
}
