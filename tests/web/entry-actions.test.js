// What users can do in tournaments, and what creates one.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { countdownText } from '../../gateway/web/elements/format.js';
import {
  entryActions,
  isAbsent,
  isOpenForEntries,
  nextMoment,
  ownEntry,
} from '../../gateway/web/views/tournaments/entry-actions.js';
import { instantOf, localTimeOf, settingsFrom } from '../../gateway/web/views/tournaments/tournament-settings.js';
import { slot } from './support/brackets.js';

const entry = (status, changes = {}) => ({ number: 1, alias: 'Ada', is_local: false, status, place: null, ...changes });
const chosen = (tournament, one) =>
  Object.entries(entryActions(tournament, one))
    .filter(([, can]) => can)
    .map(([name]) => name);

test('one can register before the start, and late in Swiss up to the third round', () => {
  const isOpen = (status, format = 'single_elimination', round = 0) => isOpenForEntries({ status, format, round });
  assert.deepEqual(
    ['draft', 'registration', 'check_in', 'running', 'finished'].map((status) => isOpen(status)),
    [false, true, true, false, false],
  );
  assert.deepEqual(
    [0, 2, 3].map((round) => isOpen('running', 'swiss', round)),
    [true, true, false],
  );
});

test('an entry can be checked in, left and withdrawn at its time', () => {
  const at = (status, format = 'double_elimination') => ({ status, format });
  assert.deepEqual(chosen(at('registration'), entry('registered')), ['leave']);
  assert.deepEqual(chosen(at('registration'), entry('waiting')), ['leave']);
  assert.deepEqual(chosen(at('check_in'), entry('registered')), ['checkIn', 'leave']);
  assert.deepEqual(chosen(at('check_in'), entry('checked_in')), ['leave']);
  assert.deepEqual(chosen(at('running'), entry('playing')), ['withdraw']);
  assert.deepEqual(chosen(at('running', 'swiss'), entry('playing')), ['withdraw', 'requestBye']);
  assert.deepEqual(chosen(at('running'), entry('out')), []);
  assert.deepEqual(chosen(at('finished'), entry('playing')), []);
});

test('who did not come to the last round of Swiss is absent', () => {
  const known = (how, winner) => ({
    tournament: { format: 'swiss', status: 'running' },
    bracket: {
      slots: [
        slot('swiss', 2, 1, { entrants: [1, 2], how, winner }),
        slot('swiss', 1, 1, { entrants: [3, 1], how: 'no_show', winner: 3 }),
      ],
    },
  });
  assert.equal(isAbsent(known('no_show', 2), entry('playing')), true);
  assert.equal(isAbsent(known('no_show', 1), entry('playing')), false);
  assert.equal(isAbsent(known('played', 2), entry('playing')), false);
  assert.equal(isAbsent(known('no_show', 2), entry('withdrawn')), false);
});

test('the own entry is not that of a local player', () => {
  const local = entry('registered', { is_local: true });
  assert.equal(ownEntry({ own_entries: [local] }), null);
  assert.equal(ownEntry({ own_entries: [local, entry('playing')] }).status, 'playing');
});

test('what comes next is the check-in, then the start', () => {
  const times = { check_in_at: 'C', starts_at: 'S' };
  assert.deepEqual(nextMoment({ status: 'registration', ...times }), { text: 'Check-in opens', at: 'C' });
  assert.deepEqual(nextMoment({ status: 'check_in', ...times }), { text: 'Starts', at: 'S' });
  assert.equal(nextMoment({ status: 'running', ...times }), null);
  assert.equal(nextMoment({ status: 'registration', check_in_at: null, starts_at: null }), null);
});

test('times that are left are short', () => {
  assert.deepEqual([-3, 0, 9, 75, 3_600, 7_500, 86_400, 200_000].map(countdownText), [
    'a moment',
    'a moment',
    '0:09',
    '1:15',
    '1 h 00 min',
    '2 h 05 min',
    '1 day',
    '2 days',
  ]);
});

test('settings of other formats are not sent', () => {
  const values = {
    name: ' Cup ',
    description: '',
    format: 'round_robin',
    visibility: 'public',
    capacity: '64',
    starts_at: '',
    check_in_minutes: '15',
    start_when_full: false,
    seeding: 'rating',
    third_place: true,
    play_off: true,
    legs: '2',
    rounds: '5',
    draft: false,
  };
  const league = settingsFrom(values);
  const picked = ({ name, capacity, starts_at: startsAt, third_place: third, play_off: playOff, legs, rounds }) => [
    name,
    capacity,
    startsAt,
    third,
    playOff,
    legs,
    rounds,
  ];
  assert.deepEqual(picked(league), ['Cup', 32, null, false, true, 2, null]);
  const swiss = settingsFrom({ ...values, format: 'swiss' });
  assert.deepEqual(picked(swiss), ['Cup', 64, null, false, false, 1, 5]);
  const cup = settingsFrom({ ...values, format: 'single_elimination' });
  assert.deepEqual(picked(cup), ['Cup', 64, null, true, false, 1, null]);
});

test('local times become instants, and back', () => {
  assert.equal(instantOf(''), null);
  assert.equal(localTimeOf(null), '');
  assert.equal(localTimeOf(instantOf('2026-05-01T18:30')), '2026-05-01T18:30');
});
