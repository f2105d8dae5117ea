// Mentions while they are typed.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { completeMention, matchPeople, mentionAt } from '../../gateway/web/views/chat/mention-query.js';

const person = (username, display_name = username, is_deleted = false) => ({ username, display_name, is_deleted });

test('a mention starts with an @ at the start of a word', () => {
  assert.deepEqual(mentionAt('@', 1), { start: 0, query: '' });
  assert.deepEqual(mentionAt('Hello @ad', 9), { start: 6, query: 'ad' });
  assert.deepEqual(mentionAt('Hello @ada and', 9), { start: 6, query: 'ad' });
  assert.deepEqual(mentionAt('(@Jürgen', 8), { start: 1, query: 'Jürgen' });
  assert.equal(mentionAt('me@ad', 5), null);
  assert.equal(mentionAt('@ada ', 5), null);
  assert.equal(mentionAt('', 0), null);
});

test('people are found by the start of their username or of a word of their name', () => {
  const people = [person('zoe', 'Ada Zoe'), person('ada', 'Somebody'), person('bob', 'Bob'), person('adam', '', true)];
  const found = (query) => matchPeople(people, query).map(({ username }) => username);
  assert.deepEqual(found('AD'), ['ada', 'zoe']);
  assert.deepEqual(found('zo'), ['zoe']);
  assert.deepEqual(found('oe'), []);
  assert.deepEqual(found(''), ['zoe', 'bob', 'ada']);
});

test('completing keeps what follows', () => {
  assert.deepEqual(completeMention('Hi @ad', { start: 3, query: 'ad' }, 'ada'), { text: 'Hi @ada ', caret: 8 });
  assert.deepEqual(completeMention('Hi @ad there', { start: 3, query: 'ad' }, 'ada'), {
    text: 'Hi @ada there',
    caret: 7,
  });
});
