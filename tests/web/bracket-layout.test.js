// Where the slots of brackets stand.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  bracketSections,
  currentRound,
  currentSection,
  pathOf,
  roundsOf,
  slotTitles,
} from '../../gateway/web/views/tournaments/bracket-layout.js';
import { doubleKnockout, knockout, slot } from './support/brackets.js';

const shapeOf = ({ rounds }) =>
  rounds.map(({ title, slots }) => [title, slots.map(({ row, span, join }) => `${row}+${span} ${join}`)]);
const titlesOf = (sections) => sections.map(({ title }) => title);

test('a knockout of eight is one tree, whose slots stand between those that lead to them', () => {
  const sections = bracketSections(knockout(8));
  assert.deepEqual(titlesOf(sections), ['']);
  assert.equal(sections[0].rows, 4);
  assert.deepEqual(shapeOf(sections[0]), [
    ['Quarter-finals', ['0+1 down', '1+1 up', '2+1 down', '3+1 up']],
    ['Semi-finals', ['0+2 down', '2+2 up']],
    ['Final', ['0+4 none']],
  ]);
  const fed = sections[0].rounds.map(({ slots }) => slots.map(({ isFed }) => isFed));
  assert.deepEqual(fed, [[false, false, false, false], [true, true], [true]]);
});

test('each slot covers the rows of the two that lead to it, in every size and section', () => {
  for (let size = 2; size <= 1024; size *= 2) {
    for (const slots of [knockout(size), doubleKnockout(Math.max(size, 4))]) {
      for (const section of bracketSections(slots)) checkRows(section);
    }
  }
});

function checkRows({ rows, rounds, part }) {
  const placed = rounds.flatMap(({ slots }) => slots);
  const byName = new Map(placed.map((one) => [one.slot.slot, one]));
  for (const one of placed) {
    assert.ok(one.row >= 0 && one.row + one.span <= Math.max(rows, 1), `${one.slot.slot} in ${rows}`);
    const next = byName.get(one.slot.winner_to);
    if (!next || next.slot.part !== part) continue;
    assert.ok(one.row >= next.row && one.row + one.span <= next.row + next.span, one.slot.slot);
    const isUpperHalf = one.row + one.span <= next.row + next.span / 2;
    assert.equal(one.join, one.span === next.span ? 'straight' : isUpperHalf ? 'down' : 'up', one.slot.slot);
  }
}

test('a large knockout has sections of sixteen rows and its last rounds, which leave out no slot', () => {
  const slots = knockout(256);
  const sections = bracketSections(slots);
  assert.deepEqual(titlesOf(sections), [
    'Section 1 of 8',
    'Section 2 of 8',
    'Section 3 of 8',
    'Section 4 of 8',
    'Section 5 of 8',
    'Section 6 of 8',
    'Section 7 of 8',
    'Section 8 of 8',
    'Last rounds',
  ]);
  assert.ok(sections.every(({ rows }) => rows === 16));
  assert.deepEqual(
    sections[1].rounds.map(({ title, slots: shown }) => [title, shown.length, shown[0].slot.position]),
    [
      ['Round of 256', 16, 17],
      ['Round of 128', 8, 9],
      ['Round of 64', 4, 5],
      ['Round of 32', 2, 3],
      ['Round of 16', 1, 2],
    ],
  );
  assert.deepEqual(
    sections.at(-1).rounds.map(({ title, slots: shown }) => [title, shown.length]),
    [
      ['Round of 32', 16],
      ['Round of 16', 8],
      ['Quarter-finals', 4],
      ['Semi-finals', 2],
      ['Final', 1],
    ],
  );
  for (const all of [slots, knockout(1024), doubleKnockout(512)]) {
    const shown = bracketSections(all).flatMap(({ rounds }) => rounds.flatMap((round) => round.slots));
    assert.equal(new Set(shown.map((one) => one.slot.slot)).size, all.length);
  }
});

test('double elimination has an upper and a lower bracket and a grand final', () => {
  const sections = bracketSections([...doubleKnockout(8), slot('final', 2, 1)]);
  assert.deepEqual(titlesOf(sections), ['Upper bracket', 'Lower bracket', 'Grand final']);
  assert.deepEqual(shapeOf(sections[1]), [
    ['Lower round 1', ['0+1 straight', '1+1 straight']],
    ['Lower round 2', ['0+1 down', '1+1 up']],
    ['Lower round 3', ['0+2 straight']],
    ['Lower final', ['0+2 none']],
  ]);
  assert.deepEqual(
    sections[0].rounds.map(({ title }) => title),
    ['Upper quarter-finals', 'Upper semi-finals', 'Upper final'],
  );
  assert.deepEqual(
    sections[2].rounds.map(({ title }) => title),
    ['Grand final', 'Deciding match'],
  );
});

test('slots that do not exist leave their rows free', () => {
  const slots = doubleKnockout(16).filter((one) => one.slot !== 'lower-1-1');
  const lower = bracketSections(slots).find(({ part }) => part === 'lower');
  assert.equal(lower.rounds[0].slots[0].row, 1);
  assert.equal(lower.rounds[1].slots[0].isFed, false);
});

test('the match for the third place is a section of its own', () => {
  const sections = bracketSections([...knockout(4), slot('third_place', 1, 1)]);
  assert.deepEqual(titlesOf(sections), ['', 'Third place']);
  assert.equal(slotTitles(knockout(4))(slot('third_place', 1, 1)), 'Third place');
});

test('a bracket begins with the section where the user plays next, else with what is played', () => {
  const slots = knockout(256);
  const at = (name) => slots.find((one) => one.slot === name);
  Object.assign(at('upper-1-40'), { entrants: [7, 9], status: 'waiting' });
  Object.assign(at('upper-1-100'), { entrants: [1, 2], status: 'live' });
  const sections = bracketSections(slots);
  assert.equal(currentSection(sections, [7]).key, 'upper-3');
  assert.equal(currentSection(sections, []).key, 'upper-7');
  for (const one of slots) one.status = 'done';
  assert.equal(currentSection(bracketSections(slots), []).key, 'upper-last');
  assert.equal(currentSection([], []), undefined);
});

test('the way of an entrant has the slots they were in, and those that they reach if they win', () => {
  const slots = knockout(8);
  Object.assign(slots[0], { entrants: [3, 4], status: 'done', winner: 3 });
  Object.assign(slots[4], { entrants: [3, null] });
  const { been, ahead } = pathOf(slots, [3]);
  assert.deepEqual([...been], ['upper-1-1', 'upper-2-1']);
  assert.deepEqual([...ahead], ['upper-3-1']);
  const out = pathOf(slots, [4]);
  assert.deepEqual([[...out.been], [...out.ahead]], [['upper-1-1'], []]);
  assert.equal(pathOf(slots, []).been.size, 0);
});

test('rounds are in order, and begin with the one that is played', () => {
  const slots = [
    slot('swiss', 2, 1),
    slot('swiss', 1, 2, { status: 'done' }),
    slot('swiss', 1, 1, { status: 'walkover' }),
  ];
  const rounds = roundsOf(slots, (round) => `Round ${round}`);
  assert.deepEqual(
    rounds.map(({ title, slots: shown }) => [title, shown.map((one) => one.slot.position)]),
    [
      ['Round 1', [1, 2]],
      ['Round 2', [1]],
    ],
  );
  assert.equal(currentRound(rounds), 2);
  assert.equal(currentRound(roundsOf(slots.slice(1), String)), 1);
  assert.equal(currentRound([]), 1);
});
