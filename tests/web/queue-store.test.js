// The match that the user is in, and the search for one.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ApiError } from '../../gateway/web/api/client.js';
import { MatchesStore } from '../../gateway/web/live/matches-store.js';
import { QueueStore } from '../../gateway/web/live/queue-store.js';
import { ReconnectingSocket } from '../../gateway/web/live/reconnecting-socket.js';
import { fakeWebSockets } from './support/fake-socket.js';
import { settled } from './support/manual-clock.js';
import { storeEnvironment } from './support/store-environment.js';

const QUEUED = { game: 'pong', position: 2, band: [1400, 1600], others: 3, estimate: 20, paused: false };

async function setUp(engagement = null, notifications = []) {
  const environment = storeEnvironment();
  const WebSocket = fakeWebSockets();
  environment.api
    .on('POST /games/pong/queue/', {})
    .on('DELETE /games/pong/queue/', {})
    .on('GET /home/', () => ({ engagement, notifications }));
  const queue = new QueueStore(environment, (path) => new ReconnectingSocket(path, { ...environment, WebSocket }));
  const matches = new MatchesStore(environment, queue);
  const server = await environment.connect();
  return { ...environment, queue, matches, server, WebSocket };
}

test('a search enters the queue and shows its place, from when it began', async () => {
  const { api, queue, clock, WebSocket } = await setUp();
  await queue.start('pong', { game_speed: 'fast', ranked: true });
  await settled();
  assert.deepEqual(api.callsOf('POST /games/pong/queue/'), [{ options: { game_speed: 'fast', ranked: true } }]);
  assert.match(WebSocket.last.url, /\/ws\/matchmaking\/\?game=pong&game_speed=fast&ranked=true$/);
  await WebSocket.last.greet();
  await WebSocket.last.receive('queued', { ...QUEUED, waited: 12 });
  const { position, since, error } = queue.search.value;
  assert.deepEqual([position, since, error], [2, clock.monotonic() - 12_000, null]);
});

test('a user who may not search is told so, and is not searching', async () => {
  const { api, queue } = await setUp();
  const refuse = (code) => () => {
    throw new ApiError(409, 'No.', { code });
  };
  api.on('POST /games/pong/queue/', refuse('games.engaged'));
  await assert.rejects(queue.start('pong', {}), { code: 'games.engaged' });
  assert.equal(queue.search.value, null);
  api.on('POST /games/pong/queue/', refuse('games.queued'));
  await queue.start('pong', {});
  assert.equal(queue.search.value.game, 'pong');
});

test('a search that is canceled leaves the queue and closes its socket', async () => {
  const { api, queue, WebSocket, clock } = await setUp();
  await queue.start('pong', {});
  await settled();
  await WebSocket.last.greet();
  await queue.cancel();
  assert.deepEqual([queue.search.value, WebSocket.last.readyState], [null, 3]);
  await queue.cancel();
  assert.equal(api.callsOf('DELETE /games/pong/queue/').length, 1);
  assert.deepEqual(
    clock.pending.filter((delay) => delay < 15_000),
    [],
  );
});

test('a search that the server ends says why', async () => {
  const { queue, WebSocket } = await setUp();
  await queue.start('pong', {});
  await settled();
  await WebSocket.last.end(4403, 'Verify your email address.');
  assert.equal(queue.search.value.error, 'Verify your email address.');
});

test('a search that nothing more is said about has ended elsewhere', async () => {
  const { queue, WebSocket, clock } = await setUp();
  await queue.start('pong', {});
  await settled();
  await WebSocket.last.greet();
  await WebSocket.last.answer('ping');
  await WebSocket.last.receive('queued', { ...QUEUED, waited: 0 });
  await clock.advance(9_000);
  await WebSocket.last.receive('queued', { ...QUEUED, waited: 9 });
  await clock.advance(9_000);
  assert.ok(queue.search.value);
  await clock.advance(1_000);
  assert.equal(queue.search.value, null);
});

test('a match that is found ends the search and is opened once', async () => {
  const { queue, matches, server } = await setUp();
  const opened = [];
  matches.onFound(({ match_id: id }) => opened.push(id));
  await queue.start('pong', {});
  for (const id of ['m1', 'm1']) await server.receive('game_found', { match_id: id, game: 'pong', opponent: {} });
  assert.deepEqual([queue.search.value, matches.current.value.match_id, opened], [null, 'm1', ['m1']]);
  await server.receive('match_finished', { match_id: 'other' });
  assert.ok(matches.current.value);
  await server.receive('match_finished', { match_id: 'm1' });
  assert.equal(matches.current.value, null);
});

test('whose opponent did not come is back in the queue, with the same options', async () => {
  const { queue, server } = await setUp();
  await queue.start('pong', { game_speed: 'fast' });
  await server.receive('game_found', { match_id: 'm1', game: 'pong', opponent: {} });
  await server.receive('match_canceled', { match_id: 'm1', game: 'pong', requeued: true });
  assert.deepEqual(queue.search.value.options, { game_speed: 'fast' });
  queue.reset();
  await server.receive('match_canceled', { match_id: 'm2', game: 'pong', requeued: false });
  assert.equal(queue.search.value, null);
});

test('after a reload the match or the search goes on', async () => {
  const inMatch = await setUp({ kind: 'match', match_id: 'm1', game: 'pong', opponent: null });
  await inMatch.matches.ready();
  assert.equal(inMatch.matches.current.value.match_id, 'm1');
  const inQueue = await setUp({ kind: 'queue', match_id: null, game: 'pong', opponent: null });
  inQueue.settings.write('search', JSON.stringify({ game: 'pong', options: { ranked: true } }));
  await inQueue.matches.ready();
  assert.equal(inQueue.matches.current.value, null);
  assert.deepEqual(inQueue.queue.search.value.options, { ranked: true });
});

const READY = {
  action: 'match_ready',
  data: {
    match_id: 'm1',
    game: 'pong',
    opponent: null,
    opponent_alias: 'Nail',
    tournament_id: 't1',
    tournament_name: 'Spring Cup',
  },
};
const CUP = { id: 't1', name: 'Spring Cup', opponent: 'Nail' };

test('a match of a tournament that is ready has its tournament, also after a reload', async () => {
  const { matches } = await setUp({ kind: 'match', game: 'pong', match_id: 'm1', opponent: null }, [READY]);
  await matches.ready();
  assert.deepEqual(matches.current.value.tournament, CUP);
  assert.deepEqual([matches.tournamentOf('m1'), matches.tournamentOf('m2')], [CUP, null]);
  const { matches: others } = await setUp({ kind: 'match', game: 'pong', match_id: 'm2', opponent: null }, [READY]);
  await others.ready();
  assert.equal(others.current.value.tournament, undefined);
});

test('a match that is announced by a notification alone is the current one, until it ends', async () => {
  const { matches, server } = await setUp();
  const notification = { ...READY, id: 'n1', is_read: false, unread: { total: 1 } };
  await server.receive('notification', notification);
  assert.deepEqual(matches.current.value, { match_id: 'm1', game: 'pong', opponent: null, tournament: CUP });
  await server.receive('match_finished', { match_id: 'm1' });
  assert.equal(matches.current.value, null);
  await server.receive('notification', notification);
  assert.equal(matches.current.value, null, 'one that has ended does not come back');
  assert.deepEqual(matches.tournamentOf('m1'), CUP);
});

test('a match that was found gets its tournament from the notification', async () => {
  const { matches, server } = await setUp();
  await server.receive('game_found', { match_id: 'm1', game: 'pong', opponent: { display_name: 'Bob' } });
  assert.equal(matches.current.value.tournament, undefined);
  await server.receive('notification', { ...READY, id: 'n1', is_read: false, unread: { total: 1 } });
  assert.deepEqual(matches.current.value.opponent, { display_name: 'Bob' });
  assert.deepEqual(matches.current.value.tournament, CUP);
});
