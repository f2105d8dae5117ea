// A direct conversation.

import { actionButton } from '../action-button.js';
import * as api from '../api.js';
import { confirm } from '../dialogs.js';
import { fill, h, heading } from '../dom.js';
import { avatarWithStatus, profileUrl, statusLabel } from '../person-row.js';
import * as chatsStore from '../realtime/chats-store.js';
import * as friendsStore from '../realtime/friends-store.js';
import { openChat } from '../realtime/open-chat.js';
import { navigate } from '../router.js';
import { showToast } from '../toasts.js';
import { chatPanel } from './chat-panel.js';
import { conversationList } from './conversation-list.js';

export default async function view({ params, signal }) {
  const [{ data: conversation }] = await Promise.all([
    api.put(`/chats/${encodeURIComponent(params.username)}/`),
    chatsStore.ready(),
    friendsStore.ready('friends'),
  ]);
  const { chat_id: chatId, display_name: name, username, messages } = conversation;
  const panel = chatPanel(openChat(chatId, messages, signal), {
    label: `Message to ${name}`,
    closedReason: closedReason(conversation),
    signal,
  });
  return { title: name, content: [h('div.chats', {},
    h('aside', { 'aria-label': 'Conversations' }, conversationList(signal, username)),
    h('section.card.chat', { 'aria-label': `Conversation with ${name}` }, header(conversation, signal), panel))] };
}

/** Why the user cannot write here, or null. */
function closedReason({ is_deleted: isDeleted, can_write: canWrite, display_name: name }) {
  if (isDeleted) return 'This account was deleted. You can no longer send messages here.';
  return canWrite ? null : `You and ${name} are no longer friends. Add each other again to send messages.`;
}

function header(user, signal) {
  const back = h('a.button.quiet.back', { href: '/chats', 'aria-label': 'All conversations' }, '‹');
  const [picture, status] = user.is_deleted ? [avatarWithStatus(user, 44), null] : presence(user, signal);
  return h('header.chat-header', {}, back, picture, h('div', {}, heading(user.display_name), status), deleteButton(user));
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
  return actionButton('Delete', async () => {
    await confirm('Delete this conversation?', consequence, 'Delete');
    await chatsStore.remove(user.username);
    await navigate('/chats', { replace: true });
    showToast('Conversation deleted.');
  }, { variant: 'quiet', name: 'Delete this conversation' });
}
