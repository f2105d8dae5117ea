// @ts-check
// Tic-tac-toe move by move.

import { elementOf, following } from '../../elements/template-parts.js';
import { readReplay } from '../../games/tictactoe/replay.js';
import { html } from '../../vendor/lit.js';
import { playersOf } from './players.js';
import { replayControls } from './replay-controls.js';
import { ReplayPosition } from './replay-position.js';

/** @import { Position } from '../../games/tictactoe/replay.js' */
/** @import { GameMatch } from './types.js' */

const FIRST = { board: '_________', line: null, game: 1, moved: null };

/**
 * The viewer of a record.
 * @param {Uint8Array} bytes
 * @param {GameMatch} match
 * @param {AbortSignal} signal
 */
export default async function viewerOf(bytes, match, signal) {
  const { games, positions } = readReplay(bytes);
  const position = new ReplayPosition({ length: positions.length - 1, perSecond: 1, leadIn: 1 });
  position.run(signal);
  const marks = positions
    .map(({ line, moved, game }, at) => ({ line, moved, game, at }))
    .filter(({ line }) => line)
    .map(({ moved, game, at }) => ({
      at,
      player: moved === 'O' ? 1 : 0,
      label: `Game ${game}`,
      name: `Game ${game}: won by ${nameOf(match, moved)}`,
    }));
  const board = () => boardAt(positions[position.at.value] ?? FIRST, games, match);
  const format = (/** @type {number} */ at) => String(at);
  return elementOf(
    html`<div class="stack">
      <div class="tictactoe" ${following([position.at], board, signal)}></div>
      ${replayControls({ position, marks, step: 1, format, signal })}
    </div>`,
  );
}

/**
 * @param {Position} position
 * @param {number} games
 * @param {GameMatch} match
 */
function boardAt({ board, line, game, moved }, games, match) {
  const fields = [...board].map(
    (mark, at) =>
      html`<span data-mark=${mark === '_' ? '' : mark} class=${line?.includes(at) ? 'on-line' : ''}></span>`,
  );
  const prefix = games > 1 ? `Game ${game} of ${games}. ` : '';
  const text = moved ? `${nameOf(match, moved)} (${moved})${line ? ' wins' : ''}` : 'The start';
  return html`<p class="turn">${prefix}${text}</p>
    <div class="board" role="img" aria-label=${`Board: ${board.replaceAll('_', '–')}`}>${fields}</div>`;
}

/**
 * @param {GameMatch} match
 * @param {'X' | 'O' | null} mark
 */
const nameOf = (match, mark) => playersOf(match)[mark === 'O' ? 1 : 0].name;
