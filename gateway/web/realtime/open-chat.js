// An open chat: its messages, from the newest back as far as they were loaded, and who is typing.

import * as api from '../api.js';
import { session } from '../session.js';
import { onEvent, withReplay } from './collections.js';
import { events } from './events-socket.js';
import { createSignal } from './signal.js';

const PAGE_SIZE = 30;
const MAX_RELOAD = 100;
/** A typing indicator that is not renewed ends after this time. */
const TYPING_TIMEOUT = 5_000;
const TYPING_INTERVAL = 3_000;

/**
 * Opens a chat with its latest messages, oldest first. `socket` is the one that carries its events;
 * `signal` closes the chat.
 */
export function openChat(chatId, latest, signal, socket = events) {
  const messages = createSignal([]);
  const hasOlder = createSignal(latest.length >= PAGE_SIZE);
  const path = `/chats/rooms/${chatId}/messages/`;
  const merge = (some) => messages.set(mergeBySeq(messages.value, some));
  const update = (id, changes) => {
    const known = messages.value.find((message) => message.id === id);
    if (known) merge([{ ...known, ...(typeof changes === 'function' ? changes(known) : changes) }]);
  };
  const reload = () => withReplay(async () => {
    const limit = Math.min(Math.max(messages.value.length, PAGE_SIZE), MAX_RELOAD);
    const { data, meta } = await api.get(`${path}?limit=${limit}`, { signal });
    messages.set(data.toReversed());
    hasOlder.set(Boolean(meta.next));
  }).catch(() => {});
  const loadOlder = async () => {
    const { data } = await api.get(`${path}?limit=${PAGE_SIZE}&before=${messages.value[0].id}`, { signal });
    merge(data);
    hasOlder.set(data.length >= PAGE_SIZE);
  };
  merge(latest);
  subscribe(chatId, { merge, update, messages, reload }, signal, socket);
  return { chatId, messages, hasOlder, loadOlder, reload, typists: trackTypists(chatId, signal, socket), setTyping: typingReporter(chatId, socket), ...messageActions(update) };
}

const CHANGES = ['new_message', 'message_edited', 'message_deleted', 'chat_like_update'];

/**
 * Loads a room with its latest messages and opens it. What changes while it loads may be missing in the
 * response and is not heard yet, so the messages are loaded again in that case. Returns the room and the chat.
 */
export async function loadAndOpenChat(load, signal) {
  const [changed, loaded] = [new Set(), new AbortController()];
  for (const name of CHANGES) events.on(name, ({ chat_id: chatId }) => changed.add(chatId), loaded.signal);
  try {
    const room = await load();
    const chat = openChat(room.chat_id, room.messages, signal);
    if (changed.has(room.chat_id)) chat.reload();
    return { room, chat };
  } finally {
    loaded.abort();
  }
}

/** Orders messages by sequence number; a newer copy of a message replaces the older one. */
function mergeBySeq(old, some) {
  const bySeq = new Map(old.map((message) => [message.seq, message]));
  for (const message of some) bySeq.set(message.seq, message);
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

function subscribe(chatId, { merge, update, messages, reload }, signal, socket) {
  const on = (name, callback) => onEvent(name, (data) => data.chat_id === chatId && callback(data), signal, socket);
  const ownId = session.profile.id;
  const add = ({ timestamp, ...message }) => {
    if (!messages.value.some(({ id }) => id === message.id)) merge([message]);
  };
  on('new_message', add);
  // The outbox dispatches own messages on the events socket, before their event arrives here.
  if (socket !== events) events.on('new_message', (message) => message.chat_id === chatId && add(message), signal);
  on('message_edited', ({ id, content, edited_at, mentions }) => update(id, { content, edited_at, mentions }));
  on('message_deleted', ({ id }) => update(id, DELETED));
  on('chat_like_update', ({ id, user_id: userId, is_liked, like_count }) =>
    update(id, (message) => ({ like_count, is_liked: userId === ownId ? is_liked : message.is_liked })));
  on('message_read', ({ seq }) =>
    merge(messages.value.filter((message) => message.seq <= seq && message.sender.id === ownId && !message.is_read).map((message) => ({ ...message, is_read: true }))));
  socket.on('resync', (streams) => {
    if (streams.some((name) => name === `chat:${chatId}` || name.startsWith('user:'))) reload();
  }, signal);
}

const DELETED = { content: '', is_deleted: true, like_count: 0, is_liked: false, mentions: [] };

function messageActions(update) {
  return {
    async edit({ id }, content) {
      const { data } = await api.patch(`/messages/${id}/`, { content });
      update(id, { content: data.content, edited_at: data.edited_at, mentions: data.mentions });
    },
    async remove({ id }) {
      await api.remove(`/messages/${id}/`);
      update(id, DELETED);
    },
    async toggleLike({ id, is_liked: isLiked }) {
      const path = `/messages/${id}/like/`;
      const { data } = isLiked ? await api.remove(path) : await api.post(path);
      update(id, { is_liked: data.is_liked, like_count: data.like_count });
    },
  };
}

/** The usernames of the people who are typing. */
function trackTypists(chatId, signal, socket) {
  const typists = createSignal([]);
  const timers = new Map();
  const remove = (username) => {
    clearTimeout(timers.get(username));
    typists.set(typists.value.filter((typist) => typist !== username));
  };
  socket.on('typing', ({ chat_id: eventChat, username, is_typing }) => {
    if (eventChat !== chatId) return;
    remove(username);
    if (!is_typing) return;
    typists.set([...typists.value, username]);
    timers.set(username, setTimeout(() => remove(username), TYPING_TIMEOUT));
  }, signal);
  socket.on('new_message', (message) => message.chat_id === chatId && remove(message.sender.username), signal);
  return typists;
}

/** Returns a function that reports whether the user is typing, at most once per interval. */
function typingReporter(chatId, socket) {
  let lastReport = 0;
  return (is_typing) => {
    const now = performance.now();
    if (is_typing ? now - lastReport < TYPING_INTERVAL && lastReport : !lastReport) return;
    lastReport = is_typing ? now : 0;
    socket.send('typing', { chat_id: chatId, is_typing });
  };
}
