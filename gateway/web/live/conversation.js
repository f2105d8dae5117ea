// The messages of one chat, from the newest back as far as somebody looks.

import * as api from '../api.js';
import { session } from '../session.js';
import { during, hear } from './lists.js';
import { events } from './socket.js';
import { state } from './state.js';

const PAGE = 30;
const MOST = 100;
/** A sign of typing that is not renewed is over after this long. */
const TYPING_LASTS = 5_000;
const TYPING_EVERY = 3_000;

/**
 * A chat that is looked at, with its last messages, the newest first. `line` is where it is heard.
 */
export function conversation(chat, last, signal, line = events) {
  const messages = state([]);
  const older = state(last.length >= PAGE);
  const path = `/chats/rooms/${chat}/messages/`;
  const merge = (some) => messages.set(merged(messages.value, some));
  const update = (id, parts) => {
    const known = messages.value.find((one) => one.id === id);
    if (known) merge([{ ...known, ...(typeof parts === 'function' ? parts(known) : parts) }]);
  };
  const reload = () => during(async () => {
    const limit = Math.min(Math.max(messages.value.length, PAGE), MOST);
    const { data, meta } = await api.get(`${path}?limit=${limit}`, { signal });
    messages.set(data.toReversed());
    older.set(Boolean(meta.next));
  }).catch(() => {});
  const back = async () => {
    const { data } = await api.get(`${path}?limit=${PAGE}&before=${messages.value[0].id}`, { signal });
    merge(data);
    older.set(data.length >= PAGE);
  };
  merge(last);
  listen(chat, { merge, update, messages, reload }, signal, line);
  return { chat, messages, older, back, reload, typists: typists(chat, signal, line), typing: typing(chat, line), ...deeds(update) };
}

/** By their place in the chat's one order; what comes again takes the place of what was there. */
function merged(old, some) {
  const bySeq = new Map(old.map((one) => [one.seq, one]));
  for (const one of some) bySeq.set(one.seq, one);
  return [...bySeq.values()].sort((one, other) => one.seq - other.seq);
}

function listen(chat, { merge, update, messages, reload }, signal, line) {
  const here = (name, listener) => hear(name, (data) => data.chat_id === chat && listener(data), signal, line);
  const me = session.profile.id;
  const said = ({ timestamp, ...message }) => {
    if (!messages.value.some((one) => one.id === message.id)) merge([message]);
  };
  here('new_message', said);
  // What one sends oneself is known with the answer, before its event comes round.
  if (line !== events) events.on('new_message', (message) => message.chat_id === chat && said(message), signal);
  here('message_edited', ({ id, content, edited_at, mentions }) => update(id, { content, edited_at, mentions }));
  here('message_deleted', ({ id }) => update(id, gone));
  here('chat_like_update', ({ id, user_id: user, is_liked, like_count }) =>
    update(id, (one) => ({ like_count, is_liked: user === me ? is_liked : one.is_liked })));
  here('message_read', ({ seq }) =>
    merge(messages.value.filter((one) => one.seq <= seq && one.sender.id === me && !one.is_read).map((one) => ({ ...one, is_read: true }))));
  line.on('resync', (streams) => {
    if (streams.some((name) => name === `chat:${chat}` || name.startsWith('user:'))) reload();
  }, signal);
}

const gone = { content: '', is_deleted: true, like_count: 0, is_liked: false, mentions: [] };

function deeds(update) {
  return {
    async edit({ id }, content) {
      const { data } = await api.patch(`/messages/${id}/`, { content });
      update(id, { content: data.content, edited_at: data.edited_at, mentions: data.mentions });
    },
    async erase({ id }) {
      await api.remove(`/messages/${id}/`);
      update(id, gone);
    },
    async like({ id, is_liked: liked }) {
      const path = `/messages/${id}/like/`;
      const { data } = liked ? await api.remove(path) : await api.post(path);
      update(id, { is_liked: data.is_liked, like_count: data.like_count });
    },
  };
}

/** Who is typing here, by name. */
function typists(chat, signal, line) {
  const names = state([]);
  const timers = new Map();
  const stop = (name) => {
    clearTimeout(timers.get(name));
    names.set(names.value.filter((one) => one !== name));
  };
  line.on('typing', ({ chat_id: where, username, is_typing }) => {
    if (where !== chat) return;
    stop(username);
    if (!is_typing) return;
    names.set([...names.value, username]);
    timers.set(username, setTimeout(() => stop(username), TYPING_LASTS));
  }, signal);
  line.on('new_message', (message) => message.chat_id === chat && stop(message.sender.username), signal);
  return names;
}

/** Lets the others know that one is typing, now and then. */
function typing(chat, line) {
  let told = 0;
  return (is_typing) => {
    const now = performance.now();
    if (is_typing ? now - told < TYPING_EVERY && told : !told) return;
    told = is_typing ? now : 0;
    line.send('typing', { chat_id: chat, is_typing });
  };
}
