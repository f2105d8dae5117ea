// The lines of a chart of ratings.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { linesOf } from '../../gateway/web/views/matches/chart-lines.js';

const day = (rating, lowest = rating, highest = rating) => ({ date: '2026-01-31', rating, lowest, highest });

test('lines are round numbers that enclose all ratings', () => {
  assert.deepEqual(linesOf([day(1500, 1470, 1512), day(1618, 1590, 1640)]), [1450, 1500, 1550, 1600, 1650]);
});

test('a rating that did not change still has a range around it', () => {
  const lines = linesOf([day(1500), day(1500)]);
  assert.ok(lines[0] <= 1480 && lines.at(-1) >= 1520, String(lines));
});

test('lines are few, however far apart ratings are', () => {
  for (const [low, high] of [
    [1500, 1501],
    [800, 2400],
    [1499, 1701],
  ]) {
    const lines = linesOf([day(low), day(high)]);
    assert.ok(lines.length >= 2 && lines.length <= 6, `${low} to ${high}: ${lines}`);
    assert.ok(lines[0] <= low && lines.at(-1) >= high, `${low} to ${high}: ${lines}`);
  }
});
