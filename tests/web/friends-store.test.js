// Friends, requests, blocks and presence.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FriendsStore } from '../../gateway/web/live/friends-store.js';
import { settled } from './support/manual-clock.js';
import { deferred, storeEnvironment } from './support/store-environment.js';

const user = (name) => ({ id: `id-${name}`, username: name, display_name: name, avatar: '', is_deleted: false });
const friend = (name, status) => ({ ...user(name), since: 'then', status, is_online: status !== 'offline' });
const request = (name, direction = 'incoming') => ({ id: `request-${name}`, direction, user: user(name) });
const presence = (name, status) => ({ user_id: `id-${name}`, username: name, status });

async function setUp() {
  const environment = storeEnvironment();
  environment.api
    .on('GET /friends/', [friend('zoe', 'offline'), friend('bob', 'online')])
    .on('GET /friends/requests/', (_, path) =>
      path.includes('incoming') ? [request('ina')] : [request('otto', 'outgoing')],
    )
    .on('GET /blocks/', [{ user: user('mallory'), created_at: 'then' }]);
  const store = new FriendsStore(environment);
  const server = await environment.connect();
  const line = () => store.friends.value.map(({ username, status }) => `${username} ${status}`);
  return { ...environment, store, server, line };
}

test('friends are in the order of their presence, then of their names', async () => {
  const { store, server, line } = await setUp();
  await store.ready('friends');
  assert.deepEqual(line(), ['bob online', 'zoe offline']);
  await server.receive('user_online', presence('zoe', 'online'));
  await server.receive('user_status', presence('bob', 'away'));
  assert.deepEqual(line(), ['zoe online', 'bob away']);
});

test('a snapshot of presences replaces all that was known', async () => {
  const { store, server, line } = await setUp();
  await store.ready('friends');
  await server.receive('friends_status', { friends: [presence('zoe', 'in_match')] });
  assert.deepEqual(line(), ['zoe in_match', 'bob offline']);
});

test('presence that arrives during the load is not undone by the response', async () => {
  const { api, store, server, line } = await setUp();
  const response = deferred();
  api.on('GET /friends/', () => response.promise);
  const loaded = store.ready('friends');
  await settled();
  await server.receive('user_offline', presence('bob', 'offline'));
  response.resolve([friend('bob', 'online')]);
  await loaded;
  assert.deepEqual(line(), ['bob offline']);
});

test('a new friend has the presence that was told before, and their request is gone', async () => {
  const { store, server, line } = await setUp();
  await store.ready('friends', 'incoming');
  await server.receive('user_online', presence('ina', 'online'));
  await server.receive('new_friend', { user: user('ina'), since: 'now' });
  assert.deepEqual(line(), ['bob online', 'ina online', 'zoe offline']);
  assert.deepEqual(store.incoming.value, []);
});

test('requests come, are withdrawn, and are answered', async () => {
  const { api, store, server } = await setUp();
  await store.ready('incoming', 'outgoing');
  await server.receive('friend_request', request('eve'));
  await server.receive('friend_request', request('eve'));
  await server.receive('friend_request', request('olga', 'outgoing'));
  const names = (list) => list.value.map((one) => one.user.username);
  assert.deepEqual(
    [names(store.incoming), names(store.outgoing)],
    [
      ['eve', 'ina'],
      ['olga', 'otto'],
    ],
  );
  await server.receive('friend_request_removed', { id: 'request-eve' });
  api.on('POST /friends/requests/request-ina/decline/', {}).on('DELETE /friends/requests/request-otto/', {});
  await store.declineRequest(request('ina'));
  await store.cancelRequest(request('otto'));
  assert.deepEqual([names(store.incoming), names(store.outgoing)], [[], ['olga']]);
});

test('a request that crosses another makes friends at once', async () => {
  const { api, store, line } = await setUp();
  await store.ready('incoming');
  api.on('POST /friends/requests/', { outcome: 'friends', friend: friend('ina', 'online') });
  assert.equal(await store.sendRequest('ina'), true);
  api.on('POST /friends/requests/', { outcome: 'requested', request: request('eve', 'outgoing') });
  assert.equal(await store.sendRequest('eve'), false);
  assert.deepEqual([line(), store.incoming.value], [['ina online'], []]);
  assert.equal(store.relationTo('eve').relation, 'outgoing');
});

test('the relation to a user is told with what belongs to it', async () => {
  const { store } = await setUp();
  await store.ready('friends', 'incoming', 'outgoing', 'blocks');
  const relations = ['bob', 'ina', 'otto', 'mallory', 'nobody'].map((name) => store.relationTo(name).relation);
  assert.deepEqual(relations, ['friend', 'incoming', 'outgoing', 'blocked', 'none']);
  assert.equal(store.relationTo('ina').request.id, 'request-ina');
});

test('a block ends a friendship, here and from another device', async () => {
  const { api, store, server, line } = await setUp();
  await store.ready('friends', 'blocks');
  api.on('POST /blocks/', { user: user('bob'), created_at: 'now' });
  await store.block('bob');
  await server.receive('user_blocked', { user: user('zoe'), created_at: 'now' });
  assert.deepEqual(line(), []);
  api.on('DELETE /blocks/bob/', {});
  await store.unblock('bob');
  await server.receive('user_unblocked', { user_id: 'id-zoe' });
  assert.deepEqual(
    store.blocks.value.map((one) => one.user.username),
    ['mallory'],
  );
});

test('after a logout nothing is left, and nothing is reloaded', async () => {
  const { api, store } = await setUp();
  await store.ready('friends', 'incoming');
  store.reset();
  const before = api.calls.length;
  store.refresh();
  await settled();
  assert.deepEqual([store.friends.value, store.incoming.value, api.calls.length], [[], [], before]);
});
