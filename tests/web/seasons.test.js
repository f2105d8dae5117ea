// The seasons of leaderboards.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { seasonsUntil } from '../../gateway/web/views/leaderboards/seasons.js';

test('seasons are the last quarters, across the turn of the year', () => {
  const names = seasonsUntil(new Date('2026-02-01T00:00:00Z')).map(([name]) => name);
  assert.deepEqual(names.slice(0, 4), ['2026-Q1', '2025-Q4', '2025-Q3', '2025-Q2']);
});

test('a season begins in UTC', () => {
  const seasonAt = (time) => seasonsUntil(new Date(time))[0];
  assert.deepEqual(seasonAt('2026-09-30T23:59:59Z'), ['2026-Q3', 'Q3 2026 (now)']);
  assert.deepEqual(seasonAt('2026-10-01T00:00:00Z'), ['2026-Q4', 'Q4 2026 (now)']);
});
