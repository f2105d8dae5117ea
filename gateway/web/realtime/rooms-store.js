// The lobbies that the user follows, and the rooms they are a member of.

import * as api from '../api.js';
import * as chatsStore from './chats-store.js';
import { createLoader, fetchAll, onEvent, removeWhere, updateWhere, upsert } from './collections.js';
import { createSignal } from './signal.js';

/** The world chat, which everybody can open, comes first. */
export const WORLD = 'world';
export const rooms = createSignal([]);

/** Chats without a row in the list that have caused a reload. */
const unknownChats = new Set();
const loader = createLoader(async () => {
  const rows = await fetchAll('/chats/rooms/');
  rooms.set(rows);
  chatsStore.noteUnread(rows);
});

/** Loads the rooms once. */
export const ready = () => loader.ready();

/** Reloads what was loaded. */
export const refresh = () => loader.refresh();

/** Clears the store at logout. */
export function reset() {
  loader.reset();
  rooms.set([]);
  unknownChats.clear();
}

/** Whether the user follows this lobby. */
export const isFollowed = (chatId) => rooms.value.some((room) => room.chat_id === chatId);

/** Follows a lobby: its messages count as unread wherever the user is. */
export async function follow({ name, chat_id: chatId, kind }) {
  await api.post(`/chats/lobbies/${encodeURIComponent(name)}/join/`);
  rooms.set(upsert(rooms.value, { chat_id: chatId, kind, name, unread_count: 0, last_message: null }, (room) => room.chat_id === chatId));
}

/** Unfollows a lobby. */
export async function unfollow({ chat_id: chatId }) {
  await api.post(`/chats/rooms/${chatId}/leave/`);
  rooms.set(removeWhere(rooms.value, (room) => room.chat_id === chatId));
  chatsStore.forgetUnread(chatId);
}

/** What a lobby or room is called. */
export const roomTitle = ({ kind, name }) => {
  if (kind !== 'lobby') return name;
  return name === WORLD ? 'World chat' : `Lobby ${name}`;
};

/** The address of a lobby or room. */
export const roomUrl = ({ kind, name, chat_id: chatId }) => (kind === 'lobby' ? `/chats/lobby/${encodeURIComponent(name)}` : `/chats/room/${chatId}`);

onEvent('new_message', (message) => {
  const isSame = (room) => room.chat_id === message.chat_id;
  if (rooms.value.some(isSame)) return rooms.set(updateWhere(rooms.value, isSame, { last_message: message }));
  const isUnknown = !unknownChats.has(message.chat_id) && !chatsStore.conversations.value.some(isSame);
  if (!isUnknown) return undefined;
  unknownChats.add(message.chat_id);
  return loader.refresh();
});
