// Records of tic-tac-toe.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readReplay } from '../../gateway/web/games/tictactoe/replay.js';

const record = (games, ...moves) => new Uint8Array([...Buffer.from('TTT'), 1, games, ...moves, 255, 1, 2, 3, 4]);

test('a record has the position before the first move and after each', () => {
  const { games, positions } = readReplay(record(1, 0, 3, 1, 4, 2));
  assert.equal(games, 1);
  assert.deepEqual(
    positions.map(({ board }) => board),
    ['_________', 'X________', 'X__O_____', 'XX_O_____', 'XX_OO____', 'XXXOO____'],
  );
  assert.deepEqual(positions.at(-1), { board: 'XXXOO____', line: [0, 1, 2], game: 1, moved: 'X' });
});

test('O begins the second game, after a victory and after a draw', () => {
  const won = readReplay(record(2, 0, 3, 1, 4, 2, 8)).positions.at(-1);
  assert.deepEqual(won, { board: '________O', line: null, game: 2, moved: 'O' });
  const drawn = readReplay(record(2, 0, 1, 2, 4, 3, 5, 7, 6, 8, 4)).positions.at(-1);
  assert.deepEqual(drawn, { board: '____O____', line: null, game: 2, moved: 'O' });
});

test('other bytes are refused', () => {
  const valid = record(1, 0, 3);
  assert.throws(() => readReplay(valid.slice(1)));
  assert.throws(() => readReplay(valid.slice(0, -1)));
  assert.throws(() => readReplay(record(1, 9)));
  assert.throws(() => readReplay(new Uint8Array()));
});
