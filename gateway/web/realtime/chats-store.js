// The user's conversations, and the unread counts of all chats.

import * as api from '../api.js';
import { session } from '../session.js';
import { createLoader, fetchAll, onEvent, removeWhere, updateWhere } from './collections.js';
import { events } from './events-socket.js';
import { createSignal } from './signal.js';

/** Direct conversations, most recent first. Their unread counts are in `unread`. */
export const conversations = createSignal([]);
/** Unread messages by chat id. */
export const unread = createSignal(new Map());

const loader = createLoader(async () => {
  const rows = await fetchAll('/chats/');
  conversations.set(rows);
  noteUnread(rows);
});
/** The sequence number up to which each chat was read in this browser. */
const readUpTo = new Map();
/** Incremented by each local change that a response in flight may not include. */
let version = 0;
/** Chats that are not conversations: lobbies and rooms. */
const otherChats = new Set();
const tabs = 'BroadcastChannel' in window ? new BroadcastChannel('courtside.read') : null;

/** Loads the conversations once. */
export const ready = () => loader.ready();

/** Reloads what was loaded. */
export function refresh() {
  loader.refresh();
  refreshUnread();
}

/** Clears the store at logout. */
export function reset() {
  loader.reset();
  conversations.set([]);
  unread.set(new Map());
  readUpTo.clear();
  otherChats.clear();
}

/** The total of all unread counts. */
export const totalUnread = (counts) => [...counts.values()].reduce((sum, count) => sum + count, 0);

/** Takes over the unread counts of these chats. */
export function noteUnread(rows) {
  unread.set(new Map([...unread.value, ...rows.map((row) => [row.chat_id, row.unread_count])]));
}

/** Forgets the unread count of a chat that is no longer the user's. */
export function forgetUnread(chatId) {
  const counts = new Map(unread.value);
  if (counts.delete(chatId)) unread.set(counts);
}

/** Marks another user's message, and all before it, as read. */
export async function markRead({ id, chat_id: chatId, seq }) {
  if (readUpTo.get(chatId) >= seq) return;
  const previous = readUpTo.get(chatId) ?? 0;
  applyRead(chatId, seq);
  tabs?.postMessage({ chatId, seq });
  try {
    await events.request('read_message', { id });
  } catch {
    // Allows the next view of the chat to send it again.
    readUpTo.set(chatId, previous);
  }
}

/** Deletes a conversation for this user. */
export async function remove(username) {
  await api.remove(`/chats/${encodeURIComponent(username)}/`);
  conversations.set(removeWhere(conversations.value, (row) => row.username === username));
}

/** Reloads the unread counts, as another device may have read messages. */
async function refreshUnread() {
  if (!session.signedIn || document.visibilityState === 'hidden') return;
  const versionBefore = version;
  try {
    const { data } = await api.get('/chats/unread/');
    if (versionBefore === version) setUnread(data);
    else await refreshUnread();
  } catch {
    // The next event or focus of the page asks again.
  }
}

function setUnread({ chats }) {
  unread.set(new Map(chats.map((row) => [row.chat_id, row.unread_count])));
}

function applyRead(chatId, seq) {
  version += 1;
  readUpTo.set(chatId, Math.max(seq, readUpTo.get(chatId) ?? 0));
  if (unread.value.get(chatId)) unread.set(new Map(unread.value).set(chatId, 0));
}

const isOwn = (message) => message.sender.id === session.profile?.id;

function countUnread(message) {
  const chatId = message.chat_id;
  // The greeting's counts include the events that are being caught up on.
  if (events.catchingUp || isOwn(message) || readUpTo.get(chatId) >= message.seq) return;
  version += 1;
  unread.set(new Map(unread.value).set(chatId, (unread.value.get(chatId) ?? 0) + 1));
}

function onMessage(message) {
  const chatId = message.chat_id;
  const known = conversations.value.find((row) => row.chat_id === chatId);
  if (!known) return checkNewChat(chatId);
  if (known.last_message?.seq >= message.seq) return undefined;
  const rest = removeWhere(conversations.value, (row) => row === known);
  return conversations.set([{ ...known, last_message: message }, ...rest]);
}

/** Reloads the list for a message in an unknown chat: a new conversation, or a lobby or room. */
async function checkNewChat(chatId) {
  if (otherChats.has(chatId)) return;
  otherChats.add(chatId);
  loader.refresh();
  try {
    await loader.ready();
  } catch {
    otherChats.delete(chatId);
  }
  if (conversations.value.some((row) => row.chat_id === chatId)) otherChats.delete(chatId);
}

function updateLastMessage({ id, ...changes }) {
  const matches = (row) => row.last_message?.id === id;
  const last = conversations.value.find(matches)?.last_message;
  if (last) conversations.set(updateWhere(conversations.value, matches, { last_message: { ...last, ...changes } }));
}

function onPresence({ username, status }) {
  const online = status !== 'offline';
  conversations.set(updateWhere(conversations.value, (row) => row.username === username && row.is_online !== online, { is_online: online }));
}

onEvent('new_message', onMessage);
events.on('new_message', countUnread);
onEvent('message_edited', ({ id, content, edited_at, mentions }) => updateLastMessage({ id, content, edited_at, mentions }));
onEvent('message_deleted', ({ id }) => updateLastMessage({ id, content: '', is_deleted: true }));
onEvent('conversation_deleted', ({ chat_id: chatId, seq }) => {
  conversations.set(removeWhere(conversations.value, (row) => row.chat_id === chatId && !(row.last_message?.seq > seq)));
  applyRead(chatId, seq);
});
for (const name of ['user_online', 'user_offline', 'user_status']) onEvent(name, onPresence);
events.on('badge_update', ({ change }) => change === 'read' && refreshUnread());
events.on('caught_up', refreshUnread);
events.on('hello', (hello) => setUnread(hello.unread));
tabs?.addEventListener('message', ({ data: { chatId, seq } }) => applyRead(chatId, seq));
document.addEventListener('visibilitychange', refreshUnread);
