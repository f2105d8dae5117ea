// Conversations, rooms and their unread counts.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ChatsStore, totalUnread } from '../../gateway/web/live/chats-store.js';
import { RoomsStore, roomTitle, roomUrl } from '../../gateway/web/live/rooms-store.js';
import { settled } from './support/manual-clock.js';
import { deferred, offline, OWN_ID, storeEnvironment } from './support/store-environment.js';

const message = (chatId, seq, more = {}) => ({
  id: `${chatId}-${seq}`,
  chat_id: chatId,
  seq,
  content: 'hello',
  sender: { id: 'other' },
  ...more,
});
const conversation = (chatId, username, seq, unread = 0) => ({
  chat_id: chatId,
  username,
  is_online: false,
  unread_count: unread,
  last_message: message(chatId, seq),
});

async function setUp() {
  const environment = storeEnvironment();
  environment.api
    .on('GET /chats/', [conversation('1', 'bob', 5, 2), conversation('2', 'eve', 8)])
    .on('GET /chats/rooms/', [{ chat_id: '9', kind: 'lobby', name: 'world', unread_count: 3, last_message: null }])
    .on('GET /chats/unread/', { chats: [] });
  const chats = new ChatsStore(environment);
  const rooms = new RoomsStore(environment, chats);
  const server = await environment.connect();
  await Promise.all([chats.ready(), rooms.ready()]);
  const order = () => chats.conversations.value.map(({ username, last_message: last }) => `${username} ${last?.seq}`);
  const counts = () => Object.fromEntries(chats.unread.value);
  return { ...environment, chats, rooms, server, order, counts };
}

test('a message moves its conversation to the top, and an old one does not', async () => {
  const { server, order } = await setUp();
  await server.receive('new_message', message('2', 9));
  await server.receive('new_message', message('1', 4));
  assert.deepEqual(order(), ['eve 9', 'bob 5']);
});

test('messages of others count as unread until they are read', async () => {
  const { chats, server, counts } = await setUp();
  await server.receive('new_message', message('1', 6));
  await server.receive('new_message', message('2', 9, { sender: { id: OWN_ID } }));
  assert.deepEqual([counts(), totalUnread(chats.unread.value)], [{ 1: 3, 2: 0, 9: 3 }, 6]);
  const marked = chats.markRead(message('1', 6));
  await server.answer('read_message');
  await marked;
  assert.equal(counts()[1], 0);
  await server.receive('new_message', message('1', 5));
  assert.equal(counts()[1], 0);
});

test('a message is marked as read once, and again after a failure', async () => {
  const { chats, server } = await setUp();
  const reads = () => server.sent.filter(({ action }) => action === 'read_message').length;
  const refused = chats.markRead(message('1', 6));
  await server.answer('read_message', { code: 'internal', message: 'Failed.' });
  await refused;
  const accepted = chats.markRead(message('1', 6));
  await server.answer('read_message');
  await accepted;
  await chats.markRead(message('1', 6));
  await chats.markRead(message('1', 5));
  assert.equal(reads(), 2);
});

test('what another tab or device has read is not unread here', async () => {
  const { api, readTabs, server, counts } = await setUp();
  readTabs.dispatchEvent(new MessageEvent('message', { data: { chatId: '1', seq: 6 } }));
  assert.equal(counts()[1], 0);
  api.on('GET /chats/unread/', { chats: [{ chat_id: '9', unread_count: 1 }] });
  await server.receive('badge_update', { change: 'read', all: false, ids: [], unread: {} });
  assert.deepEqual(counts(), { 9: 1 });
});

test('unread counts that were asked for before a message do not hide it', async () => {
  const { api, server, counts } = await setUp();
  const responses = [deferred(), deferred()];
  let asked = 0;
  api.on('GET /chats/unread/', () => responses[(asked += 1) - 1].promise);
  await server.receive('badge_update', { change: 'read', all: false, ids: [], unread: {} });
  await server.receive('new_message', message('1', 6));
  responses[0].resolve({ chats: [{ chat_id: '1', unread_count: 0 }] });
  responses[1].resolve({ chats: [{ chat_id: '1', unread_count: 1 }] });
  await settled();
  assert.equal(counts()[1], 1);
});

test('the counts of a greeting include the events that were missed', async () => {
  const { WebSocket, server, clock, counts } = await setUp();
  await server.receive('chat_joined', { chat_id: '1', seq: 5, epoch: 1 });
  await server.end(1006);
  await clock.advance(1_000);
  const streams = { 'chat:1': { seq: 6, epoch: 1 } };
  await WebSocket.last.greet(streams, { unread: { chats: [{ chat_id: '1', unread_count: 3 }] } });
  await WebSocket.last.receive('new_message', message('1', 6), { stream: 'chat:1', seq: 6, epoch: 1 });
  assert.equal(counts()[1], 3);
});

test('a message in a new conversation loads the list; in other chats it does once', async () => {
  const { api, server, order } = await setUp();
  api.on('GET /chats/', [conversation('3', 'new', 1)]);
  await server.receive('new_message', message('3', 1));
  await settled();
  assert.deepEqual(order(), ['new 1']);
  for (const seq of [1, 2, 3]) await server.receive('new_message', message('8', seq));
  await settled();
  assert.equal(api.callsOf('GET /chats/').length, 3);
});

test('edits and deletions show in the last message, and presence at the person', async () => {
  const { chats, server } = await setUp();
  await server.receive('message_edited', {
    id: '1-5',
    chat_id: '1',
    content: 'changed',
    edited_at: 'now',
    mentions: [],
  });
  await server.receive('message_deleted', { id: '2-8', chat_id: '2' });
  await server.receive('user_online', { user_id: 'x', username: 'bob', status: 'in_match' });
  const [bob, eve] = chats.conversations.value;
  assert.deepEqual([bob.last_message.content, bob.is_online], ['changed', true]);
  assert.deepEqual([eve.last_message.content, eve.last_message.is_deleted], ['', true]);
});

test('a deleted conversation is gone, unless there is a newer message', async () => {
  const { server, order, counts } = await setUp();
  await server.receive('conversation_deleted', { chat_id: '1', seq: 5 });
  await server.receive('conversation_deleted', { chat_id: '2', seq: 7 });
  assert.deepEqual([order(), counts()[1]], [['eve 8'], 0]);
});

test('a hidden page does not ask for counts', async () => {
  const { api, page, chats } = await setUp();
  page.document.visibilityState = 'hidden';
  chats.refresh();
  await settled();
  assert.deepEqual(api.callsOf('GET /chats/unread/'), []);
});

test('a lobby that is followed counts, and no longer after that', async () => {
  const { api, chats, rooms, counts } = await setUp();
  api.on('POST /chats/lobbies/a%20b/join/', {}).on('POST /chats/rooms/9/leave/', {});
  await rooms.follow({ name: 'a b', chat_id: '10', kind: 'lobby' });
  assert.deepEqual([rooms.isFollowed('10'), rooms.isFollowed('11')], [true, false]);
  chats.noteUnread([{ chat_id: '10', unread_count: 4 }]);
  await rooms.unfollow({ chat_id: '9' });
  assert.deepEqual([rooms.isFollowed('9'), counts()], [false, { 1: 2, 2: 0, 10: 4 }]);
});

test('a message shows in its room; in an unknown chat it loads the rooms once', async () => {
  const { api, rooms, server } = await setUp();
  await server.receive('new_message', message('9', 2));
  assert.equal(rooms.rooms.value[0].last_message.seq, 2);
  for (const seq of [1, 2]) await server.receive('new_message', message('12', seq));
  await settled();
  assert.equal(api.callsOf('GET /chats/rooms/').length, 2);
});

test('rooms and lobbies have titles and addresses', () => {
  assert.equal(roomTitle({ kind: 'lobby', name: 'world' }), 'World chat');
  assert.equal(roomTitle({ kind: 'room', name: 'Team' }), 'Team');
  assert.equal(roomUrl({ kind: 'lobby', name: 'a b', chat_id: '1' }), '/chats/lobby/a%20b');
  assert.equal(roomUrl({ kind: 'room', name: 'Team', chat_id: '1' }), '/chats/room/1');
});

test('a conversation that is deleted here is gone; a failure keeps it', async () => {
  const { api, chats, order } = await setUp();
  api.on('DELETE /chats/bob/', () => {
    throw offline();
  });
  await assert.rejects(chats.remove('bob'));
  assert.equal(order().length, 2);
  api.on('DELETE /chats/bob/', {});
  await chats.remove('bob');
  assert.deepEqual(order(), ['eve 8']);
});
