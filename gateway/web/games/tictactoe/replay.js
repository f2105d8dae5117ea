// @ts-check
// Recorded matches of tic-tac-toe. A record is `TTT`, its version, the number of games, the position of each move,
// the byte 255, and a hash.

const HEADER = [...'TTT'].map((letter) => letter.charCodeAt(0)).concat(1);
const END = 255;
const HASH_BYTES = 4;
const EMPTY_BOARD = '_________';
const LINES = /** @type {const} */ ([
  [0, 1, 2],
  [3, 4, 5],
  [6, 7, 8],
  [0, 3, 6],
  [1, 4, 7],
  [2, 5, 8],
  [0, 4, 8],
  [2, 4, 6],
]);

/**
 * @typedef {object} Position
 * @property {string} board
 * @property {readonly number[] | null} line the three that won
 * @property {number} game from 1
 * @property {'X' | 'O' | null} moved who made the last move
 */

/**
 * Reads a record: the position before the first move and after each. Throws for other bytes.
 * @param {Uint8Array} bytes
 */
export function readReplay(bytes) {
  const isRecord = HEADER.every((byte, index) => bytes[index] === byte);
  const end = bytes.length - HASH_BYTES - 1;
  if (!isRecord || bytes[end] !== END) throw new Error('not a replay');
  const games = bytes[HEADER.length] ?? 1;
  /** @type {Position[]} */
  const positions = [{ board: EMPTY_BOARD, line: null, game: 1, moved: null }];
  for (const cell of bytes.slice(HEADER.length + 1, end)) positions.push(after(positions, cell));
  return { games, positions };
}

/**
 * @param {Position[]} positions
 * @param {number} cell
 * @returns {Position}
 */
function after(positions, cell) {
  const last = positions.at(-1);
  if (!last || cell > 8) throw new Error('not a replay');
  const isOver = last.line !== null || !last.board.includes('_');
  const game = isOver ? last.game + 1 : last.game;
  const board = isOver ? EMPTY_BOARD : last.board;
  const moves = [...board].filter((mark) => mark !== '_').length;
  // O begins the second game.
  const moved = (moves + game) % 2 === 1 ? 'X' : 'O';
  const next = board.slice(0, cell) + moved + board.slice(cell + 1);
  return { board: next, line: lineOf(next), game, moved };
}

/** @param {string} board */
function lineOf(board) {
  return LINES.find(([a, b, c]) => board[a] !== '_' && board[a] === board[b] && board[a] === board[c]) ?? null;
}
