// The estimate of the server's clock.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ServerClock } from '../../gateway/web/games/pong/server-clock.js';

test('the fastest frame of the last seconds tells the offset', () => {
  const clock = new ServerClock();
  for (let time = 0; time < 3_000; time += 100) clock.sample(time, time + 20 + (time % 700 ? 30 : 0));
  assert.equal(Math.round(clock.at(3_020)), 3_000);
});

test('the estimate never jumps for a faster frame', () => {
  const clock = new ServerClock();
  clock.sample(0, 100);
  clock.sample(100, 150);
  const moved = clock.at(150) - 50;
  assert.ok(moved > 0 && moved < 3, `${moved}`);
});

test('another server is believed at once', () => {
  const clock = new ServerClock();
  clock.sample(0, 100);
  clock.sample(100_000, 200);
  assert.equal(clock.at(200), 100_000);
});
