// Where a replay is, and how it goes on.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ReplayPosition } from '../../gateway/web/views/match/replay-position.js';

const position = () => new ReplayPosition({ length: 600, perSecond: 60, leadIn: 120 });

test('it goes on with the time, at its speed', () => {
  const replay = position();
  for (const now of [5_000, 5_500, 6_000]) replay.advance(now);
  assert.equal(replay.at.value, 60);
  replay.setSpeed(4);
  replay.advance(7_000);
  assert.equal(replay.at.value, 300);
});

test('it stops at the end, and begins again from the start', () => {
  const replay = position();
  replay.advance(0);
  replay.advance(60_000);
  assert.deepEqual([replay.at.value, replay.isPlaying.value], [600, false]);
  replay.toggle();
  assert.deepEqual([replay.at.value, replay.isPlaying.value], [0, true]);
});

test('a pause takes no time of the match', () => {
  const replay = position();
  replay.advance(0);
  replay.toggle();
  replay.advance(5_000);
  replay.toggle();
  replay.advance(9_000);
  replay.advance(9_500);
  assert.equal(replay.at.value, 30);
});

test('a moment is shown with what led to it', () => {
  const replay = position();
  replay.toggle();
  replay.show(400);
  assert.deepEqual([replay.at.value, replay.isPlaying.value], [280, true]);
  replay.show(50);
  assert.equal(replay.at.value, 0);
  replay.seek(10_000);
  assert.equal(replay.at.value, 600);
});
