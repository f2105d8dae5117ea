// One's conversations, and what waits to be read in all chats.

import * as api from '../api.js';
import { session } from '../session.js';
import { all, change, hear, reader, without } from './lists.js';
import { events } from './socket.js';
import { state } from './state.js';

/** Newest first. What is unread stands in `unread`. */
export const conversations = state([]);
/** How many messages are unread, by chat. */
export const unread = state(new Map());

const list = reader(async () => {
  const rows = await all('/chats/');
  conversations.set(rows);
  unread.set(new Map([...unread.value, ...rows.map((row) => [row.chat_id, row.unread_count])]));
});
/** Up to which message each chat was read here. */
const read = new Map();
/** How often something changed here that an answer on its way may not know of. */
let changes = 0;
/** Lobbies and rooms stand in no list of conversations. */
const elsewhere = new Set();
const tabs = 'BroadcastChannel' in window ? new BroadcastChannel('courtside.read') : null;

/** Reads the list unless it is there. */
export const ready = () => list.ready();

/** Reads again what was read before. */
export function again() {
  list.again();
  countAnew();
}

/** Forgets everything, for whoever signs in next. */
export function forget() {
  list.forget();
  conversations.set([]);
  unread.set(new Map());
  read.clear();
  elsewhere.clear();
}

/** All that is unread. */
export const total = (counts) => [...counts.values()].reduce((sum, count) => sum + count, 0);

/** Somebody has seen this message of another, and so all before it. */
export async function markRead({ id, chat_id: chat, seq }) {
  if (read.get(chat) >= seq) return;
  const before = read.get(chat) ?? 0;
  seenUpTo(chat, seq);
  tabs?.postMessage({ chat, seq });
  try {
    await events.ask('read_message', { id });
  } catch {
    // The next look at the chat tells it again.
    read.set(chat, before);
  }
}

/** Takes a conversation away for oneself. */
export async function remove(username) {
  await api.remove(`/chats/${encodeURIComponent(username)}/`);
  conversations.set(without(conversations.value, (one) => one.username === username));
}

/** Asks again what is unread, as another device may have read it. */
async function countAnew() {
  if (!session.signedIn || document.visibilityState === 'hidden') return;
  const before = changes;
  try {
    const { data } = await api.get('/chats/unread/');
    if (before === changes) counted(data);
    else await countAnew();
  } catch {
    // It is asked again at the next occasion.
  }
}

function counted({ chats }) {
  unread.set(new Map(chats.map((one) => [one.chat_id, one.unread_count])));
}

function seenUpTo(chat, seq) {
  changes += 1;
  read.set(chat, Math.max(seq, read.get(chat) ?? 0));
  if (unread.value.get(chat)) unread.set(new Map(unread.value).set(chat, 0));
}

const mine = (message) => message.sender.id === session.profile?.id;

function count(message) {
  const chat = message.chat_id;
  // What was missed has been counted by the greeting.
  if (events.catchingUp || mine(message) || read.get(chat) >= message.seq) return;
  changes += 1;
  unread.set(new Map(unread.value).set(chat, (unread.value.get(chat) ?? 0) + 1));
}

function heard(message) {
  const chat = message.chat_id;
  const known = conversations.value.find((one) => one.chat_id === chat);
  if (!known) return lookFor(chat);
  if (known.last_message?.seq >= message.seq) return undefined;
  const rest = without(conversations.value, (one) => one === known);
  return conversations.set([{ ...known, last_message: message }, ...rest]);
}

/** A message in a chat that is not on the list: it is new, or no conversation. */
async function lookFor(chat) {
  if (elsewhere.has(chat)) return;
  elsewhere.add(chat);
  list.again();
  try {
    await list.ready();
  } catch {
    elsewhere.delete(chat);
  }
  if (conversations.value.some((one) => one.chat_id === chat)) elsewhere.delete(chat);
}

function changed({ id, ...parts }) {
  const same = (one) => one.last_message?.id === id;
  const last = conversations.value.find(same)?.last_message;
  if (last) conversations.set(change(conversations.value, same, { last_message: { ...last, ...parts } }));
}

function around({ username, status }) {
  const online = status !== 'offline';
  conversations.set(change(conversations.value, (one) => one.username === username && one.is_online !== online, { is_online: online }));
}

hear('new_message', heard);
events.on('new_message', count);
hear('message_edited', ({ id, content, edited_at, mentions }) => changed({ id, content, edited_at, mentions }));
hear('message_deleted', ({ id }) => changed({ id, content: '', is_deleted: true }));
hear('conversation_deleted', ({ chat_id: chat, seq }) => {
  conversations.set(without(conversations.value, (one) => one.chat_id === chat && !(one.last_message?.seq > seq)));
  seenUpTo(chat, seq);
});
for (const name of ['user_online', 'user_offline', 'user_status']) hear(name, around);
events.on('badge_update', ({ change: what }) => what === 'read' && countAnew());
events.on('caught_up', countAnew);
events.on('hello', (hello) => counted(hello.unread));
tabs?.addEventListener('message', ({ data: { chat, seq } }) => seenUpTo(chat, seq));
document.addEventListener('visibilitychange', countAnew);
