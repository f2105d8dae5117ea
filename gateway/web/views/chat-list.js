// The list of the user's chats: conversations with friends, and rooms, each with its unread count.

import { h } from '../dom.js';
import { keyedList } from '../keyed-list.js';
import { avatarWithStatus } from '../person-row.js';
import { shortTimeAgo } from '../relative-time.js';
import * as chatsStore from '../realtime/chats-store.js';
import * as roomsStore from '../realtime/rooms-store.js';
import { session } from '../session.js';
import { rovingFocus } from '../roving-focus.js';
import { loadStyles } from '../styles.js';

const WORLD_ROW = { chat_id: roomsStore.WORLD, kind: 'lobby', name: roomsStore.WORLD, last_message: null };

/** Loads what the list shows, and the styles of chats. */
export const chatListReady = () => Promise.all([chatsStore.ready(), roomsStore.ready(), loadStyles('/styles/chat.css')]);

/** The list, updated live; `current` is the path of the open chat. The lists are one tab stop. */
export function chatList(signal, current = null) {
  const element = h('div.chat-list');
  const refreshFocus = rovingFocus(element, 'a', (links) => links.find((link) => link.getAttribute('aria-current')) ?? links[0]);
  const show = { signal, onShown: refreshFocus };
  const empty = h('p.hint', {}, 'No conversations yet. Start one with a ', h('a', { href: '/friends' }, 'friend'), '.');
  const friends = liveRows({ ...show, source: chatsStore.conversations, render: (row, count) => conversationRow(row, count, current), empty });
  const rooms = liveRows({ ...show, source: roomsStore.rooms, render: (row, count) => roomRow(row, count, current), complete: withWorld });
  element.append(...labelled('Friends', friends), empty, ...labelled('Rooms', rooms));
  refreshFocus();
  return element;
}

const withWorld = (rooms) => {
  const world = rooms.find(({ kind, name }) => kind === 'lobby' && name === roomsStore.WORLD) ?? WORLD_ROW;
  return [world, ...rooms.filter((room) => room !== world)];
};

function labelled(title, list) {
  list.setAttribute('aria-label', title);
  return [h('p.list-title', { 'aria-hidden': 'true' }, title), list];
}

/** A list of chats that follows its source and the unread counts; only rows that change are rendered again. */
function liveRows({ signal, onShown, source, render, complete = (rows) => rows, empty = null }) {
  const list = h('ul.people.conversations');
  const showRows = keyedList(list, (row) => row.chat.chat_id, ({ chat, count }) => render(chat, count));
  let known = new Map();
  const update = () => {
    const rows = complete(source.value).map((chat) => {
      const count = chatsStore.unread.value.get(chat.chat_id) ?? 0;
      const old = known.get(chat.chat_id);
      return old?.chat === chat && old.count === count ? old : { chat, count };
    });
    known = new Map(rows.map((row) => [row.chat.chat_id, row]));
    showRows(rows);
    if (empty) empty.hidden = rows.length > 0;
    onShown();
  };
  source.subscribe(update, signal);
  chatsStore.unread.subscribe(update, signal);
  return list;
}

function conversationRow(conversation, count, current) {
  const { username, display_name: name, is_online: isOnline, last_message: last } = conversation;
  return chatRow({
    href: `/chats/${encodeURIComponent(username)}`, name, count, current, last,
    picture: avatarWithStatus(conversation, 44, isOnline ? 'online' : 'offline'),
    state: isOnline && h('span.visually-hidden', {}, ', online'),
    preview: last ? previewOf(last) : 'No messages yet',
  });
}

function roomRow(room, count, current) {
  const last = room.last_message;
  return chatRow({
    href: roomsStore.roomUrl(room), name: roomsStore.roomTitle(room), count, current, last,
    picture: h('span.avatar.room-icon', { 'aria-hidden': 'true' }, '#'),
    preview: last ? `${last.sender.id === session.profile.id ? '' : `${last.sender.display_name}: `}${previewOf(last)}` : 'Open to everyone',
  });
}

function chatRow({ href, name, count, current, last, picture, preview, state = null }) {
  return h('li', {}, h('a', { href, 'aria-current': href === current && 'page' }, picture,
    h('span.summary', {},
      h('span.summary-head', {}, h('strong', { dir: 'auto' }, name), state, last && shortTimeAgo(last.date, 'time.hint')),
      h('span.hint.last-message', { dir: 'auto' }, preview)),
    count > 0 && h('span.count', {}, h('span.visually-hidden', {}, ', '), count > 99 ? '99+' : String(count), h('span.visually-hidden', {}, ' unread'))));
}

function previewOf(message) {
  if (message.is_deleted) return 'Message deleted';
  return `${message.sender.id === session.profile.id ? 'You: ' : ''}${message.content}`;
}
