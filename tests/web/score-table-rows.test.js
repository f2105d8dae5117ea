// The table of round robin and Swiss.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { halves, scoreTableRows, tieBreakNames } from '../../gateway/web/views/tournaments/score-table-rows.js';
import { slot } from './support/brackets.js';

const entrant = (number, alias, status = 'playing') => ({ number, alias, seed: number, status, place: null });
const line = (number, place, points, value) => ({
  number,
  place,
  points,
  tie_breaks: [
    { name: 'buchholz', value },
    { name: 'seed', value: number },
  ],
});
const TABLE = {
  entrants: [entrant(1, 'Ada'), entrant(2, 'Bob'), entrant(3, 'Cleo', 'withdrawn')],
  table: [line(1, 1, 2.5, 4), line(2, 2, 0.5, 2.25), line(3, 2, 0.5, 0)],
  slots: [
    slot('swiss', 1, 1, { entrants: [1, 2], status: 'done', winner: 1, how: 'played' }),
    slot('swiss', 1, 2, { entrants: [3, null], status: 'walkover', winner: 3, how: 'bye' }),
    slot('swiss', 2, 1, { entrants: [1, 3], status: 'done', winner: null, how: 'played' }),
    slot('swiss', 3, 1, { entrants: [2, 3], status: 'walkover', winner: 2, how: 'no_show' }),
    slot('swiss', 4, 1, { entrants: [2, 3], status: 'void', winner: null, how: 'no_show' }),
    slot('swiss', 5, 1, { entrants: [1, 2], status: 'live' }),
  ],
};

test('rows have places, those shared too, halves, and what was won, drawn and lost', () => {
  const rows = scoreTableRows(TABLE);
  assert.deepEqual(
    rows.map(({ place, alias, points }) => [place, alias, points]),
    [
      ['1', 'Ada', '2½'],
      ['2–3', 'Bob', '½'],
      ['2–3', 'Cleo', '½'],
    ],
  );
  assert.deepEqual(
    rows.map(({ record }) => Object.values(record).join('-')),
    ['1-1-0', '1-0-1', '0-1-1'],
  );
  assert.deepEqual(
    rows.map(({ isGone }) => isGone),
    [false, false, true],
  );
});

test('tie-breaks have a name and a head; the seed is not shown', () => {
  const [buchholz, ...others] = tieBreakNames(TABLE.table);
  assert.deepEqual([buchholz.short, others], ['Bh', []]);
  assert.deepEqual(scoreTableRows(TABLE)[1].tieBreaks, ['2.25']);
  assert.deepEqual(tieBreakNames([]), []);
  const unknown = [{ ...TABLE.table[0], tie_breaks: [{ name: 'most_rallies', value: 1 }] }];
  assert.equal(tieBreakNames(unknown)[0].name, 'most rallies');
});

test('numbers of halves are read as such', () => {
  assert.deepEqual([0, 0.5, 3, 3.5, -0.5, -2, 1.25].map(halves), ['0', '½', '3', '3½', '−½', '−2', '1.25']);
});
