// A conversation with a friend.

import * as api from '../api.js';
import { deed } from '../buttons.js';
import { confirm } from '../dialogs.js';
import { fill, h, heading } from '../dom.js';
import { face, placeOf, profileOf } from '../faces.js';
import * as chats from '../live/chats.js';
import * as circle from '../live/circle.js';
import { conversation } from '../live/conversation.js';
import { tell } from '../notices.js';
import { go } from '../router.js';
import { conversationList } from './conversation-list.js';
import { chatPanel } from './chat-panel.js';

export default async function view({ params, signal }) {
  const [{ data: opened }] = await Promise.all([
    api.put(`/chats/${encodeURIComponent(params.username)}/`),
    chats.ready(),
    circle.ready('friends'),
  ]);
  const chat = conversation(opened.chat_id, opened.messages, signal);
  const panel = chatPanel(chat, {
    label: `Message to ${opened.display_name}`,
    closed: closed(opened),
    signal,
  });
  return { title: opened.display_name, content: [h('div.chats', {},
    h('aside', { 'aria-label': 'Conversations' }, conversationList(signal, opened.username)),
    h('section.card.chat', { 'aria-label': `Conversation with ${opened.display_name}` }, head(opened, signal), panel))] };
}

/** Why nothing can be written here; nothing where something can. */
function closed(other) {
  if (other.is_deleted) return 'This account was deleted, so nothing more can be written here.';
  return other.can_write ? null : `You and ${other.display_name} are no longer friends, so neither can write here.`;
}

function head(other, signal) {
  const back = h('a.button.quiet.back', { href: '/chats', 'aria-label': 'All conversations' }, '‹');
  const [picture, line] = other.is_deleted ? [face(other, 44), null] : found(other, signal);
  return h('header.with', {}, back, picture, h('div', {}, heading(other.display_name), line), remove(other));
}

/** A way to the profile of the other, and a line that says how they can be found. */
function found(other, signal) {
  const line = h('p.hint', { role: 'status' });
  const picture = h('a', { href: profileOf(other.username), 'aria-label': `Profile of ${other.display_name}` });
  let shown = null;
  circle.friends.watch((all) => {
    const status = all.find((one) => one.id && one.username === other.username)?.status ?? 'offline';
    if (status === shown) return;
    shown = status;
    fill(line, placeOf(status));
    fill(picture, face(other, 44, status));
  }, signal);
  return [picture, line];
}

function remove(other) {
  const kept = other.is_deleted ? 'It cannot be opened again.' : `It is deleted for you alone; ${other.display_name} keeps it.`;
  return deed('Delete', async () => {
    await confirm('Delete this conversation?', kept, 'Delete');
    await chats.remove(other.username);
    await go('/chats', { replace: true });
    tell('The conversation is deleted.');
  }, { kind: 'quiet', name: 'Delete this conversation' });
}
