// A direct conversation.

import { actionButton } from '../action-button.js';
import * as api from '../api.js';
import { contextMenu } from '../context-menu.js';
import { confirm } from '../dialogs.js';
import { fill, h, heading } from '../dom.js';
import { avatarWithStatus, inviteUrl, profileUrl, statusLabel } from '../person-row.js';
import * as chatsStore from '../realtime/chats-store.js';
import * as friendsStore from '../realtime/friends-store.js';
import { loadAndOpenChat } from '../realtime/open-chat.js';
import { navigate } from '../router.js';
import { showToast } from '../toasts.js';
import { chatLayout } from './chat-layout.js';
import { chatListReady } from './chat-list.js';
import { chatPanel } from './chat-panel.js';

export default async function view({ params, signal }) {
  const load = async () => {
    const opened = api.put(`/chats/${encodeURIComponent(params.username)}/`, undefined, { signal });
    return (await Promise.all([opened, chatListReady(), friendsStore.ready('friends')]))[0].data;
  };
  const { room: conversation, chat } = await loadAndOpenChat(load, signal);
  const { display_name: name, username } = conversation;
  const panel = chatPanel(chat, {
    label: `Message to ${name}`,
    closedReason: closedReason(conversation),
    signal,
  });
  const path = `/chats/${encodeURIComponent(username)}`;
  return { title: name, content: [chatLayout({ label: `Conversation with ${name}`, path, header: header(conversation, signal), panel, signal })] };
}

/** Why the user cannot write here, or null. */
function closedReason({ is_deleted: isDeleted, can_write: canWrite, display_name: name }) {
  if (isDeleted) return 'This account was deleted. You can no longer send messages here.';
  return canWrite ? null : `You and ${name} are no longer friends. Add each other again to send messages.`;
}

function header(user, signal) {
  const [picture, status] = user.is_deleted ? [avatarWithStatus(user, 44), null] : presence(user, signal);
  const invite = !user.is_deleted && user.can_write && h('a', { href: inviteUrl(user.username) }, 'Invite to a game');
  return [picture, h('div', {}, heading(user.display_name), status), contextMenu('More about this conversation', [invite, deleteButton(user)])];
}

/** The avatar, which links to the profile, and the status line; both updated live. */
function presence(user, signal) {
  const line = h('p.hint', { role: 'status' });
  const picture = h('a', { href: profileUrl(user.username), 'aria-label': `Profile of ${user.display_name}` });
  let shown = null;
  friendsStore.friends.subscribe((friends) => {
    const status = friends.find((friend) => friend.id && friend.username === user.username)?.status ?? 'offline';
    if (status === shown) return;
    shown = status;
    fill(line, statusLabel(status));
    fill(picture, avatarWithStatus(user, 44, status));
  }, signal);
  return [picture, line];
}

function deleteButton(user) {
  const consequence = user.is_deleted ? 'It cannot be opened again.' : `It is deleted only for you. ${user.display_name} still has it.`;
  return actionButton('Delete conversation', async () => {
    await confirm('Delete this conversation?', consequence, 'Delete');
    await chatsStore.remove(user.username);
    await navigate('/chats', { replace: true });
    showToast('Conversation deleted.');
  });
}
