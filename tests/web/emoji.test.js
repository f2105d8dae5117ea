// The emoji of the picker.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { EMOJI, findEmoji } from '../../gateway/web/views/chat/emoji.js';

const charactersOf = (found) => found.map(({ character }) => character);

test('every emoji is one character with words of its own', () => {
  assert.ok(EMOJI.length >= 200);
  assert.equal(new Set(charactersOf(EMOJI)).size, EMOJI.length);
  for (const { character, words } of EMOJI) {
    assert.match(character, /^\p{RGI_Emoji}$/v);
    assert.match(words, /^[a-z ]+$/);
  }
});

test('emoji are found by the starts of their words', () => {
  assert.deepEqual(charactersOf(findEmoji('ping po')), ['🏓']);
  assert.ok(charactersOf(findEmoji('Heart')).includes('❤️'));
  assert.deepEqual(findEmoji('nothing like this'), []);
  assert.equal(findEmoji(' ').length, EMOJI.length);
});
