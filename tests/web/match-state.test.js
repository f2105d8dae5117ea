// What a client knows about a match after events.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hasEnded, INITIAL_MATCH, MATCH_EVENTS, playerIn, reduceMatch } from '../../gateway/web/games/match-state.js';

const JOINED = {
  seat: 'first',
  phase: 'open',
  score: [0, 0],
  present: [true, false],
  tick_rate: 60,
  result: null,
  players: [
    { name: 'Ada', user: {} },
    { name: 'Bob', user: {} },
  ],
};

const after = (...events) =>
  events.reduce((match, [name, data]) => reduceMatch(match, name, data, 1_000), INITIAL_MATCH);

test('joined names the seats and tells who is there', () => {
  const match = after(['joined', JOINED]);
  assert.equal(playerIn(match, 'second').name, 'Bob');
  assert.deepEqual(match.present, { first: true, second: false });
});

test('countdown ends in local time and clears a pause', () => {
  const match = after(
    ['joined', JOINED],
    ['paused', { by: 'second', remaining: 20 }],
    ['countdown', { remaining_ms: 2_400, reason: 'resumed' }],
  );
  assert.deepEqual([match.phase, match.pause, match.countdown.endsAt], ['countdown', null, 3_400]);
});

test('paused tells a pause from an absence and a lost server', () => {
  const phase = (by) => after(['joined', JOINED], ['paused', { by, remaining: null }]).phase;
  assert.deepEqual(['first', 'both', 'second_absent', 'server'].map(phase), [
    'paused',
    'paused',
    'interrupted',
    'recovering',
  ]);
});

test('finished keeps score and result, and the match has ended', () => {
  const result = { winner: 'first', score: [5, 3], reason: 'score' };
  const match = after(['joined', JOINED], ['finished', result]);
  assert.deepEqual([match.score, match.result, hasEnded(match)], [[5, 3], result, true]);
});

test('joined again after a lost connection keeps the result', () => {
  const match = after(
    ['joined', JOINED],
    ['finished', { score: [5, 3] }],
    ['joined', { ...JOINED, phase: 'finished' }],
  );
  assert.deepEqual(match.result, { score: [5, 3] });
});

test('rematch offers replace each other', () => {
  const offered = after(['joined', JOINED], ['rematch_offer', { seat: 'second' }]);
  assert.equal(offered.rematch.offeredBy, 'second');
  const declined = reduceMatch(offered, 'rematch_decline', { seat: 'first' }, 0);
  assert.deepEqual(declined.rematch, { offeredBy: null, declinedBy: 'first', matchId: null });
});

test('a player who leaves during the countdown is waited for', () => {
  const match = after(
    ['joined', JOINED],
    ['countdown', { remaining_ms: 3_000, reason: 'start' }],
    ['player_left', { seat: 'second' }],
  );
  assert.deepEqual([match.phase, match.countdown, match.present.second], ['open', null, false]);
  assert.equal(reduceMatch(match, 'playing', undefined, 9_000).phase, 'open');
});

test('every event has a reducer', () => {
  const data = { ...JOINED, by: 'first', remaining: null, remaining_ms: 0, content: '' };
  for (const name of MATCH_EVENTS) assert.ok(reduceMatch(after(['joined', JOINED]), name, data, 0), name);
});
