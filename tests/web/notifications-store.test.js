// Notifications and invites.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { InvitesStore, secondsLeft } from '../../gateway/web/live/invites-store.js';
import { NotificationsStore } from '../../gateway/web/live/notifications-store.js';
import { storeEnvironment } from './support/store-environment.js';

const item = (id, more = {}) => ({ id, action: 'system', data: { message: id }, is_read: false, ...more });
const page = (items, next = null) => ({ data: items, meta: { next } });
const badges = (total) => ({ total, by_action: {} });

async function notifications() {
  const environment = storeEnvironment();
  environment.api.on('GET /notifications/', page([item('b'), item('a')], 'next'));
  const store = new NotificationsStore(environment);
  const server = await environment.connect({ unread: { chats: [], notifications: badges(2) } });
  await store.ready();
  const line = () => store.items.value.map(({ id, is_read: isRead }) => (isRead ? id : `${id}!`)).join(' ');
  return { ...environment, store, server, line };
}

test('the greeting tells how many are unread, and each new one how many there are then', async () => {
  const { store, server, line } = await notifications();
  assert.deepEqual([store.unreadCount.value, store.hasOlder.value], [2, true]);
  await server.receive('notification', { ...item('c'), unread: badges(3) });
  await server.receive('notification', { ...item('c'), unread: badges(3) });
  assert.deepEqual([line(), store.unreadCount.value], ['c! b! a!', 3]);
  assert.equal('unread' in store.items.value[0], false);
});

test('what is read or deleted elsewhere is so here', async () => {
  const { store, server, line } = await notifications();
  await server.receive('badge_update', { change: 'read', all: false, ids: ['a'], unread: badges(1) });
  assert.deepEqual([line(), store.unreadCount.value], ['b! a', 1]);
  await server.receive('badge_update', { change: 'deleted', all: false, ids: ['b'], unread: badges(0) });
  assert.equal(line(), 'a');
  await server.receive('badge_update', { change: 'deleted', all: true, ids: [], unread: badges(0) });
  assert.equal(line(), '');
});

test('one is read once, all at once, and they are deleted singly or all', async () => {
  const { api, store, line } = await notifications();
  api
    .on('POST /notifications/a/read/', {})
    .on('POST /notifications/mark_all_as_read/', badges(0))
    .on('DELETE /notifications/a/', {})
    .on('POST /notifications/clear/', {});
  await store.markRead(store.items.value[1]);
  await store.markRead(store.items.value[1]);
  assert.deepEqual([line(), api.calls.filter(({ route }) => route.includes('read')).length], ['b! a', 1]);
  await store.markAllRead();
  await store.remove(item('a'));
  assert.deepEqual([line(), store.unreadCount.value], ['b', 0]);
  await store.removeAll();
  assert.deepEqual([line(), store.hasOlder.value], ['', false]);
});

test('older ones follow the last one, until there are none', async () => {
  const { api, store, line } = await notifications();
  api.on('GET /notifications/', page([item('0', { is_read: true })]));
  await store.loadOlder();
  assert.match(api.calls.at(-1).path, /before=a$/);
  assert.deepEqual([line(), store.hasOlder.value], ['b! a! 0', false]);
});

const invite = (id, more = {}) => ({
  id,
  game: 'pong',
  status: 'pending',
  sender: { username: 'bob' },
  username: 'bob',
  match_id: null,
  ...more,
});

async function invites() {
  const environment = storeEnvironment();
  environment.api.on('GET /invites/inbox/', [invite('in')]).on('GET /invites/', [invite('out')]);
  const store = new InvitesStore(environment);
  const server = await environment.connect();
  await store.ready();
  const ids = () => [store.received, store.sent].map((list) => list.value.map(({ id }) => id).join(' '));
  const outcomes = () => store.outcomes.value.map(({ text, matchId }) => [text, matchId]);
  return { ...environment, store, server, ids, outcomes };
}

test('invites come and go with their events, each once', async () => {
  const { server, ids, outcomes } = await invites();
  for (const id of ['x', 'x']) await server.receive('game_invite', invite(id));
  await server.receive('game_invite_sent', invite('y'));
  assert.deepEqual(ids(), ['x in', 'y out']);
  await server.receive('game_invite_canceled', { id: 'x', username: 'bob', reason: 'expired' });
  await server.receive('game_invite_canceled', { id: null, username: 'bob', reason: 'canceled' });
  await server.receive('game_declined', { id: 'y', username: 'bob' });
  await server.receive('game_declined', { id: 'in', username: 'me' });
  assert.deepEqual(ids(), ['', 'out']);
  assert.deepEqual(outcomes(), [
    ['bob declined your invite.', null],
    ['Your invite with bob expired.', null],
  ]);
});

test('an accepted invite leads to its match, whoever accepted', async () => {
  const { api, store, server, ids, outcomes } = await invites();
  api.on('POST /invites/in/accept/', invite('in', { match_id: 'm1', username: 'me' }));
  await store.answer(invite('in'), 'accept');
  await server.receive('game_accepted', { id: 'out', username: 'eve', game: 'tictactoe', match_id: 'm2' });
  assert.deepEqual(ids(), ['', '']);
  assert.deepEqual(outcomes(), [
    ['You and eve are going to play Tic-tac-toe.', 'm2'],
    ['You and bob are going to play Pong.', 'm1'],
  ]);
});

test('an invite is sent; one that crosses another is accepted at once', async () => {
  const { api, store, ids, outcomes } = await invites();
  api.on('POST /invites/', invite('new'));
  assert.equal(await store.send({ username: 'bob' }), false);
  api.on('POST /invites/', invite('crossed', { status: 'accepted', match_id: 'm3' }));
  assert.equal(await store.send({ username: 'bob' }), true);
  assert.deepEqual([ids()[1], outcomes()[0][1]], ['new out', 'm3']);
});

test('the time left of an invite is never negative', () => {
  const now = Date.parse('2026-01-31T12:00:00Z');
  assert.equal(secondsLeft('2026-01-31T12:00:01.500Z', now), 2);
  assert.equal(secondsLeft('2026-01-31T11:00:00Z', now), 0);
});
