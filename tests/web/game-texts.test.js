// Names and texts of games.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { gameName, levelText, optionTexts, optionValueText, reasonText } from '../../gateway/web/games/game-texts.js';

test('what this client does not know is shown as the server calls it', () => {
  assert.deepEqual([gameName('pong'), gameName('four_in_a_row')], ['Pong', 'Four in a row']);
  assert.deepEqual([reasonText('resignation'), reasonText('score'), reasonText(null)], ['by resignation', '', '']);
  assert.deepEqual([levelText('perfect'), levelText('unknown')], ['Never loses.', '']);
});

test('options are shown as short texts, those that are off not at all', () => {
  const options = { game_speed: 'fast', score_to_win: 7, time_limit: 2, cool_mode: false, ranked: true };
  assert.deepEqual(optionTexts('pong', options), ['fast speed', 'first to 7', '2 min', 'ranked']);
  assert.deepEqual(optionTexts('tictactoe', { ranked: false }), []);
  assert.deepEqual(
    [optionValueText('time_limit', 1), optionValueText('game_speed', 'fast'), optionValueText('ranked', true)],
    ['1 minute', 'Fast', 'Yes'],
  );
});
