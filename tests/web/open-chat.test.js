// An open chat: messages, typing, loads.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { loadAndOpenChat, OpenChat } from '../../gateway/web/live/open-chat.js';
import { settled } from './support/manual-clock.js';
import { deferred, OWN_ID, storeEnvironment } from './support/store-environment.js';

const CHAT = '7';
const ROUTE = `GET /chats/rooms/${CHAT}/messages/`;
const message = (seq, more = {}) => ({
  id: `m${seq}`,
  chat_id: CHAT,
  seq,
  content: `text ${seq}`,
  sender: { id: 'other', username: 'bob' },
  like_count: 0,
  is_liked: false,
  is_read: false,
  ...more,
});
const many = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => message(from + index));

async function setUp(latest = [message(1), message(2)]) {
  const environment = storeEnvironment();
  const server = await environment.connect();
  const closing = new AbortController();
  const chat = new OpenChat(CHAT, latest, closing.signal, environment.events, environment);
  const seqs = () => chat.messages.value.map(({ seq }) => seq);
  const find = (seq) => chat.messages.value.find((one) => one.seq === seq);
  return { ...environment, server, closing, chat, seqs, find };
}

test('messages are in order of their numbers, however they arrive, and each once', async () => {
  const { server, seqs } = await setUp([message(2), message(1)]);
  for (const seq of [4, 3, 4]) await server.receive('new_message', { ...message(seq), timestamp: 5 });
  await server.receive('new_message', message(9, { chat_id: 'other' }));
  assert.deepEqual(seqs(), [1, 2, 3, 4]);
});

test('edits, deletions and likes change the message; of likes only own ones fill the heart', async () => {
  const { server, find } = await setUp();
  await server.receive('message_edited', { id: 'm1', chat_id: CHAT, content: 'new', edited_at: 'now', mentions: [] });
  await server.receive('chat_like_update', { id: 'm1', chat_id: CHAT, user_id: 'x', is_liked: true, like_count: 1 });
  assert.deepEqual([find(1).content, find(1).like_count, find(1).is_liked], ['new', 1, false]);
  await server.receive('chat_like_update', { id: 'm1', chat_id: CHAT, user_id: OWN_ID, is_liked: true, like_count: 2 });
  await server.receive('message_deleted', { id: 'm2', chat_id: CHAT });
  assert.deepEqual([find(1).is_liked, find(2).is_deleted, find(2).content], [true, true, '']);
});

test('own messages are read up to the one that was', async () => {
  const own = { sender: { id: OWN_ID, username: 'ada' } };
  const { server, chat } = await setUp([message(1, own), message(2), message(3, own)]);
  await server.receive('message_read', { chat_id: CHAT, seq: 2 });
  assert.deepEqual(
    chat.messages.value.map((one) => one.is_read),
    [true, false, false],
  );
});

test('older messages are added before the first one, until there are none', async () => {
  const { api, chat, seqs } = await setUp(many(41, 70));
  assert.equal(chat.hasOlder.value, true);
  api.on(ROUTE, many(35, 40).toReversed());
  await chat.loadOlder();
  assert.match(api.calls[0].path, /limit=30&before=m41/);
  assert.deepEqual([seqs().length, seqs()[0], chat.hasOlder.value], [36, 35, false]);
});

test('a resync loads as much as was loaded, and keeps what arrives meanwhile', async () => {
  const { api, server, seqs } = await setUp(many(1, 40));
  const response = deferred();
  api.on(ROUTE, () => response.promise);
  await server.receive('resync', { streams: ['chat:other'] });
  assert.equal(api.calls.length, 0);
  await server.receive('resync', { streams: [`chat:${CHAT}`] });
  assert.match(api.calls[0].path, /limit=40/);
  await server.receive('new_message', message(44));
  response.resolve(many(3, 43).toReversed());
  await settled();
  assert.deepEqual([seqs()[0], seqs().at(-1)], [3, 44]);
});

test('a reload that fails leaves what is there', async () => {
  const { chat, seqs } = await setUp();
  await chat.reload();
  assert.deepEqual(seqs(), [1, 2]);
});

test('own actions show what the server has made of them', async () => {
  const { api, chat, find } = await setUp();
  api
    .on('PATCH /messages/m1/', { content: 'cleaned', edited_at: 'now', mentions: [] })
    .on('POST /messages/m1/like/', { is_liked: true, like_count: 3 })
    .on('DELETE /messages/m1/like/', { is_liked: false, like_count: 2 })
    .on('DELETE /messages/m2/', {});
  await chat.edit(find(1), 'raw');
  await chat.toggleLike(find(1));
  assert.deepEqual([find(1).content, find(1).is_liked, find(1).like_count], ['cleaned', true, 3]);
  await chat.toggleLike(find(1));
  await chat.remove(find(2));
  assert.deepEqual([find(1).is_liked, find(2).is_deleted], [false, true]);
});

test('who types is shown until they stop, send, or say nothing more', async () => {
  const { server, chat, clock } = await setUp();
  const typing = (username, is_typing = true) => server.receive('typing', { chat_id: CHAT, username, is_typing });
  await typing('bob');
  await typing('eve');
  await typing('bob');
  assert.deepEqual(chat.typists.value, ['eve', 'bob']);
  await typing('eve', false);
  await server.receive('new_message', message(3));
  assert.deepEqual(chat.typists.value, []);
  await typing('eve');
  await clock.advance(5_000);
  assert.deepEqual(chat.typists.value, []);
});

test('own typing is reported at most once in three seconds, and its end once', async () => {
  const { server, chat, clock } = await setUp();
  chat.setTyping(false);
  chat.setTyping(true);
  chat.setTyping(true);
  await clock.advance(3_000);
  chat.setTyping(true);
  chat.setTyping(false);
  chat.setTyping(false);
  const reports = server.sent.filter(({ action }) => action === 'typing').map(({ data }) => data.is_typing);
  assert.deepEqual(reports, [true, true, false]);
});

test('a closed chat takes nothing more', async () => {
  const { server, closing, seqs } = await setUp();
  closing.abort();
  await server.receive('new_message', message(3));
  assert.deepEqual(seqs(), [1, 2]);
});

test('what changes while a chat is loaded loads its messages again', async () => {
  const environment = storeEnvironment();
  const server = await environment.connect();
  environment.api.on(ROUTE, [message(2), message(1)]);
  const response = deferred();
  const opening = loadAndOpenChat(() => response.promise, new AbortController().signal, environment);
  await server.receive('new_message', message(2));
  response.resolve({ chat_id: CHAT, messages: [message(1)] });
  const { chat } = await opening;
  await settled();
  assert.deepEqual(
    chat.messages.value.map(({ seq }) => seq),
    [1, 2],
  );
  await loadAndOpenChat(async () => ({ chat_id: CHAT, messages: [] }), new AbortController().signal, environment);
  await settled();
  assert.equal(environment.api.calls.length, 1);
});
