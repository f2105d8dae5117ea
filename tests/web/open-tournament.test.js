// A tournament that is followed over its socket.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { OpenTournament } from '../../gateway/web/live/open-tournament.js';
import { ReconnectingSocket } from '../../gateway/web/live/reconnecting-socket.js';
import { knockout, slot } from './support/brackets.js';
import { fakeWebSockets } from './support/fake-socket.js';
import { settled } from './support/manual-clock.js';
import { OWN_ID, storeEnvironment } from './support/store-environment.js';

const STREAM = 'tournament:1';
const at = (seq) => ({ stream: STREAM, seq, epoch: 1 });
const person = (id) => ({ id, username: id, display_name: id, avatar: '', is_deleted: false });
const entrant = (number, user, changes = {}) => ({
  number,
  alias: `P${number}`,
  user: person(user),
  host: null,
  status: 'registered',
  seed: null,
  rating: null,
  place: null,
  registered_at: '2026-01-31T12:00:00Z',
  ...changes,
});
const tournament = (changes = {}) => ({
  id: '1',
  format: 'single_elimination',
  status: 'registration',
  entrants: 1,
  waiting: 0,
  revision: 4,
  round: 0,
  own_entries: [],
  ...changes,
});
const running = (changes = {}) => ({
  ...tournament({ status: 'running', round: 1, revision: 10, ...changes }),
});
const bracket = (slots, changes = {}) => ({
  revision: 10,
  status: 'running',
  round: 1,
  entrants: [],
  slots,
  table: [],
  ...changes,
});

async function follow(shown = tournament(), entrants = [entrant(1, 'bob')], shownBracket = null) {
  const environment = storeEnvironment();
  const WebSocket = fakeWebSockets();
  const { api } = environment;
  api.on('GET /tournaments/1/', () => shown);
  api.on('GET /tournaments/1/entrants/', () => entrants);
  api.on('GET /tournaments/1/bracket/', () => shownBracket);
  const end = new AbortController();
  const open = new OpenTournament('1', end.signal, environment, (path) => {
    return new ReconnectingSocket(path, { ...environment, WebSocket });
  });
  await open.ready();
  await settled();
  const server = WebSocket.last;
  await server.greet({ [STREAM]: { seq: 1, epoch: 1 } });
  return { ...environment, WebSocket, open, server, end };
}

const reads = (api) => api.callsOf('GET /tournaments/1/').length;

test('a tournament is loaded, then followed; its bracket only once it has one', async () => {
  const { api, open, server, end } = await follow();
  assert.match(server.url, /\/ws\/tournament\/1\/$/);
  assert.equal(open.known.value.tournament.revision, 4);
  assert.deepEqual(api.callsOf('GET /tournaments/1/bracket/'), []);
  end.abort();
  assert.equal(server.readyState, 3);
});

test('entrants come, change and go; counts and own entries follow', async () => {
  const { open, server } = await follow();
  const send = (name, seq, one) =>
    server.receive(name, { tournament_id: '1', revision: seq + 3, entrant: one }, at(seq));
  await send('registered', 2, entrant(2, OWN_ID));
  await send('registered', 3, entrant(3, 'cleo', { status: 'waiting' }));
  const known = () => open.known.value.tournament;
  assert.deepEqual([known().entrants, known().waiting, known().own_entries.length], [2, 1, 1]);
  await send('checked_in', 4, entrant(2, OWN_ID, { status: 'checked_in' }));
  assert.equal(known().own_entries[0].status, 'checked_in');
  await send('registered', 5, entrant(4, 'dan', { user: null, host: person(OWN_ID) }));
  assert.equal(known().own_entries[1].is_local, true);
  await send('unregistered', 6, entrant(2, OWN_ID, { status: 'withdrawn' }));
  assert.deepEqual(
    open.known.value.entrants.map(({ number }) => number),
    [1, 3, 4],
  );
  assert.deepEqual([known().entrants, known().own_entries.length, known().revision], [2, 1, 9]);
});

test('who leaves a tournament that is played stays in its bracket', async () => {
  const one = { number: 1, alias: 'P1', seed: 1, status: 'playing', place: null };
  const { open, server } = await follow(running(), undefined, bracket(knockout(4), { entrants: [one] }));
  const left = entrant(1, 'bob', { status: 'withdrawn', seed: 1 });
  await server.receive('unregistered', { tournament_id: '1', revision: 11, entrant: left }, at(2));
  assert.equal(open.known.value.bracket.entrants[0].status, 'withdrawn');
  assert.equal(open.known.value.entrants.length, 1);
});

test('slots change with each event, new ones are added, older ones are ignored', async () => {
  const { api, clock, open, server } = await follow(running(), undefined, bracket(knockout(4)));
  const send = (name, seq, revision, slots) => server.receive(name, { tournament_id: '1', revision, slots }, at(seq));
  const find = (name) => open.known.value.bracket.slots.find((one) => one.slot === name);
  await send('match_called', 2, 11, [slot('upper', 1, 1, { status: 'called', match_id: 'm' })]);
  await send('match_started', 3, 12, [slot('upper', 1, 1, { status: 'live', match_id: 'm' })]);
  assert.equal(find('upper-1-1').status, 'live');
  await send('match_finished', 4, 13, [
    slot('upper', 1, 1, { status: 'done', winner: 1, score: [5, 3] }),
    slot('upper', 2, 1, { entrants: [1, null] }),
  ]);
  assert.deepEqual([find('upper-1-1').winner, find('upper-2-1').entrants[0]], [1, 1]);
  await send('match_started', 5, 12, [slot('upper', 1, 1, { status: 'live' })]);
  assert.equal(find('upper-1-1').status, 'done');
  await send('match_finished', 6, 14, [slot('final', 2, 1)]);
  assert.ok(find('final-2-1'));
  await clock.advance(5_000);
  assert.equal(reads(api), 1, 'a bracket needs no load after a result');
});

test('the table of Swiss is loaded again after results, once for several', async () => {
  const swiss = running({ format: 'swiss' });
  const slots = [slot('swiss', 1, 1), slot('swiss', 1, 2)];
  const { api, clock, open, server } = await follow(swiss, undefined, bracket(slots));
  for (const [index, one] of slots.entries()) {
    const done = { ...one, status: 'done' };
    await server.receive('match_finished', { tournament_id: '1', revision: 11 + index, slots: [done] }, at(2 + index));
  }
  const round = { tournament_id: '1', revision: 13, slots: [slot('swiss', 2, 1)] };
  await server.receive('round_started', round, at(4));
  assert.deepEqual([open.known.value.tournament.round, open.known.value.bracket.slots.length], [2, 3]);
  await clock.advance(1_000);
  assert.equal(reads(api), 2);
});

test('a start, an end and a decision are followed by a load; a pause is not', async () => {
  const { api, clock, open, server } = await follow(running(), undefined, bracket(knockout(4)));
  const update = (revision, status) => ({ tournament_id: '1', revision, status, round: 1 });
  await server.receive('paused', update(11, 'paused'), at(2));
  assert.equal(open.known.value.tournament.status, 'paused');
  await server.receive('resumed', update(12, 'running'), at(3));
  await clock.advance(1_000);
  assert.equal(reads(api), 1);
  await server.receive('corrected', { tournament_id: '1', revision: 13, slots: [slot('upper', 1, 1)] }, at(4));
  await clock.advance(1_000);
  assert.equal(reads(api), 2);
  await server.receive('finished', update(14, 'finished'), at(5));
  assert.equal(open.known.value.tournament.status, 'finished');
  await clock.advance(1_000);
  assert.equal(reads(api), 3);
});

test('a connection that was lost resumes, and loads nothing', async () => {
  const { api, clock, open, server, WebSocket } = await follow(running(), undefined, bracket(knockout(4)));
  await server.receive('match_called', { tournament_id: '1', revision: 11, slots: [slot('upper', 1, 1)] }, at(2));
  await server.end(1006);
  await clock.advance(2_000);
  const next = WebSocket.last;
  assert.notEqual(next, server);
  assert.match(next.url, /resume=true/);
  await next.greet({ [STREAM]: { seq: 3, epoch: 1 } });
  await next.receive('tournament', { tournament_id: '1', revision: 12, status: 'running', round: 1 });
  assert.deepEqual(next.lastSent('resume').data.streams, { [STREAM]: { seq: 2, epoch: 1 } });
  const missed = slot('upper', 1, 1, { status: 'live' });
  await next.receive('match_started', { tournament_id: '1', revision: 12, slots: [missed] }, at(3));
  await next.answer('resume');
  await clock.advance(1_000);
  assert.equal(open.known.value.bracket.slots[0].status, 'live');
  assert.equal(reads(api), 1);
});

test('what cannot be resumed, or happened between load and connection, is loaded', async () => {
  const { api, clock, server } = await follow(running(), undefined, bracket(knockout(4)));
  await server.receive('tournament', { tournament_id: '1', revision: 10, status: 'running', round: 1 });
  await clock.advance(1_000);
  assert.equal(reads(api), 1);
  await server.receive('tournament', { tournament_id: '1', revision: 12, status: 'running', round: 1 });
  await clock.advance(1_000);
  assert.equal(reads(api), 2);
  await server.receive('resync', { streams: [STREAM] });
  await clock.advance(1_000);
  assert.equal(reads(api), 3);
});

test('a load that fails is no error: the socket says when there is more', async () => {
  const { api, clock, open, server, end } = await follow(running(), undefined, bracket(knockout(4)));
  api.on('GET /tournaments/1/', () => {
    throw new Error('away');
  });
  await server.receive('finished', { tournament_id: '1', revision: 11, status: 'finished', round: 1 }, at(2));
  await clock.advance(1_000);
  assert.equal(open.known.value.tournament.status, 'finished');
  open.refresh();
  end.abort();
  const before = reads(api);
  await clock.advance(1_000);
  assert.equal(reads(api), before);
});

test('an entrant of a response is taken over', async () => {
  const { open } = await follow();
  open.noteEntrant(entrant(2, OWN_ID));
  assert.deepEqual(
    open.known.value.tournament.own_entries.map(({ alias }) => alias),
    ['P2'],
  );
});
