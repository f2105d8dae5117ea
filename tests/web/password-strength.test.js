import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passwordStrength } from '../../gateway/web/elements/password-strength.js';

test('an empty password has no strength, and a short one the least', () => {
  assert.equal(passwordStrength(''), 0);
  assert.equal(passwordStrength('aB3$xyz'), 1);
});

test('common words, runs and repetitions are too easy to guess', () => {
  for (const password of ['password1', 'qwerty12345', 'aaaaaaaaaaaaaaaa', 'abcabcabcabc', '12345678'])
    assert.equal(passwordStrength(password), 1, password);
});

test('unrelated words are strong', () => {
  assert.equal(passwordStrength('violet-comet-harbour-19'), 4);
  assert.ok(passwordStrength('lampe zebra') >= 2);
});

test('personal words count little', () => {
  const personal = ['lovelace', 'example.org'];
  assert.ok(passwordStrength('Lovelace-1815', personal) < passwordStrength('Lovelace-1815'));
  assert.equal(passwordStrength('lovelace', personal), 1);
});

test('personal words with special characters are taken literally', () => {
  assert.equal(passwordStrength('violet-comet-harbour-19', ['a.*(b', 'c+++++']), 4);
});
