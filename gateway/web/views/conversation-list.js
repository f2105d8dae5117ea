// The list of conversations, each with its last message and unread count.

import { h } from '../dom.js';
import { relativeTime } from '../format.js';
import { keyedList } from '../keyed-list.js';
import { avatarWithStatus } from '../person-row.js';
import * as chatsStore from '../realtime/chats-store.js';
import { session } from '../session.js';

/** The list, updated live; `current` is the username of the open conversation. */
export function conversationList(signal, current = null) {
  const list = h('ul.people.conversations');
  const empty = h('p.hint', {}, 'No conversations yet. Start one with a ', h('a', { href: '/friends' }, 'friend'), '.');
  const showRows = keyedList(list, (row) => row.conversation.chat_id, ({ conversation, count }) => conversationRow(conversation, count, current));
  let known = new Map();
  const render = () => {
    const rows = chatsStore.conversations.value.map((conversation) => {
      const count = chatsStore.unread.value.get(conversation.chat_id) ?? 0;
      const old = known.get(conversation.chat_id);
      return old?.conversation === conversation && old.count === count ? old : { conversation, count };
    });
    known = new Map(rows.map((row) => [row.conversation.chat_id, row]));
    showRows(rows);
    empty.hidden = rows.length > 0;
  };
  chatsStore.conversations.subscribe(render, signal);
  chatsStore.unread.subscribe(render, signal);
  return h('div.stack', {}, list, empty);
}

function conversationRow(conversation, count, current) {
  const { username, display_name: name, is_online: isOnline, last_message: last } = conversation;
  return h('li', {}, h('a', { href: `/chats/${encodeURIComponent(username)}`, 'aria-current': username === current && 'page' },
    avatarWithStatus(conversation, 44, isOnline ? 'online' : 'offline'),
    h('span.summary', {},
      h('span.summary-head', {}, h('strong', {}, name), isOnline && h('span.visually-hidden', {}, ', online'),
        last && h('time.hint', { datetime: last.date }, relativeTime(last.date))),
      h('span.hint.last-message', {}, last ? preview(last) : 'No messages yet')),
    count > 0 && h('span.count', {}, h('span.visually-hidden', {}, ', '), count > 99 ? '99+' : String(count), h('span.visually-hidden', {}, ' unread'))));
}

function preview(message) {
  if (message.is_deleted) return 'Message deleted';
  return `${message.sender.id === session.profile.id ? 'You: ' : ''}${message.content}`;
}
