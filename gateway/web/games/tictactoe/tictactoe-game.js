// @ts-check
// Tic-tac-toe in a live match: a board of buttons, for the mouse, the keyboard and screen readers.

import { onAbort } from '../../live/abort.js';
import { h } from '../../elements/dom.js';
import { createSignal } from '../../live/signal.js';
import { showError } from '../../elements/toasts.js';
import { isAtOneKeyboard, playerIn } from '../match-state.js';

/**
 * @import { TicTacToeMark, TicTacToeState } from '../../api/types.js'
 * @import { Signal } from '../../live/signal.js'
 * @import { Match } from '../match-state.js'
 * @import { Frame, FramesWanted, Game, GameContext, JsonFrame, LiveMatch } from '../types.js'
 */
/** A state of the game, and when its move is due in local time.
 * @typedef {JsonFrame & TicTacToeState & { endsAt: number | null }} BoardState */

/** `X` begins the first game.
 * @type {Record<TicTacToeMark, 'first' | 'second'>} */
const SEATS = { X: 'first', O: 'second' };
const EMPTY = '_';
/** @type {Record<string, number>} */
const ARROWS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -3, ArrowDown: 3 };
const CLOCK_INTERVAL = 250;

/**
 * @param {GameContext} context
 * @returns {Promise<Game>}
 */
export default async function prepareGame({ signal }) {
  return new TicTacToeGame(signal);
}

/** @implements {Game} */
class TicTacToeGame {
  /** @type {FramesWanted} */
  frames = { form: 'json', rate: '60' };
  /** @type {Signal<BoardState | null>} */
  #state = createSignal(null);
  #signal;
  /** @type {LiveMatch | null} */
  #live = null;

  /** @param {AbortSignal} signal */
  constructor(signal) {
    this.#signal = signal;
  }

  /** @param {Frame} frame */
  take(frame) {
    if (frame instanceof ArrayBuffer) return;
    const remaining = frame.remaining_ms ?? null;
    const endsAt = remaining === null ? null : performance.now() + remaining;
    this.#state.set(/** @type {BoardState} */ ({ ...frame, endsAt }));
    if (!frame.isFirst && !frame.frozen) this.#live?.notePlaying();
  }

  /** @param {{ seat: string | null }} joined */
  hint({ seat }) {
    return seat ? 'Click a field, or choose it with the arrow keys and press Enter.' : null;
  }

  /** @param {LiveMatch} live */
  mount(live) {
    this.#live = live;
    const status = h('p.turn', { role: 'status' });
    const clock = h('p.turn-clock', { role: 'timer' });
    const fields = Array.from({ length: 9 }, (_, position) => this.#field(position));
    const board = h('div.board', { role: 'group', 'aria-label': 'Board' }, fields);
    board.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => moveFocus(event, fields));
    const render = () => {
      const state = this.#state.value;
      if (!state) return;
      const text = turnText(live.match.value, state);
      if (status.textContent !== text) status.textContent = text;
      fields.forEach((field, position) => this.#renderField(field, position, state));
    };
    this.#state.subscribe(render, this.#signal);
    live.match.subscribe(render, this.#signal);
    const timer = setInterval(() => this.#renderClock(clock), CLOCK_INTERVAL);
    onAbort(this.#signal, () => clearInterval(timer));
    return h('div.tictactoe', {}, h('div.turn-line', {}, status, clock), board, this.#previousGame());
  }

  /**
   * @param {number} position
   * @returns {HTMLButtonElement}
   */
  #field(position) {
    const field = h('button', { type: 'button', tabindex: position === 4 ? '0' : '-1' });
    field.addEventListener('click', () => this.#move(position));
    return field;
  }

  /** @param {number} position */
  async #move(position) {
    if (!this.#isMine() || this.#state.value?.board[position] !== EMPTY) return;
    try {
      await this.#live?.request('move', { position });
    } catch (error) {
      showError(error);
    }
  }

  /** Whether this client may move now. */
  #isMine() {
    const [match, state] = [this.#live?.match.value, this.#state.value];
    if (!match?.joined?.seat || !state?.turn || !isPlayed(match, state)) return false;
    return isAtOneKeyboard(match.joined) || SEATS[state.turn] === match.joined.seat;
  }

  /**
   * @param {HTMLButtonElement} field
   * @param {number} position
   * @param {BoardState} state
   */
  #renderField(field, position, { board, line }) {
    const mark = board[position] ?? EMPTY;
    const isFree = mark === EMPTY && this.#isMine();
    field.dataset.mark = mark === EMPTY ? '' : mark;
    field.classList.toggle('on-line', Boolean(line?.includes(position)));
    field.setAttribute(
      'aria-label',
      `Row ${Math.floor(position / 3) + 1}, column ${(position % 3) + 1}: ${mark === EMPTY ? 'empty' : mark}`,
    );
    if (isFree) field.removeAttribute('aria-disabled');
    else field.setAttribute('aria-disabled', 'true');
  }

  /** @param {HTMLElement} clock */
  #renderClock(clock) {
    const endsAt = this.#live?.match.value.phase === 'playing' ? this.#state.value?.endsAt : null;
    clock.textContent = endsAt ? `${Math.max(0, Math.ceil((endsAt - performance.now()) / 1000))} s` : '';
  }

  /** The board of the first game, while the second one is played. */
  #previousGame() {
    const text = h('p.hint', { hidden: true });
    this.#state.subscribe((state) => {
      if (!state?.previous) return;
      const { winner } = state.previous;
      text.hidden = false;
      text.textContent = winner === 'draw' ? 'The first game was a draw.' : `The first game went to ${winner}.`;
    }, this.#signal);
    return text;
  }
}

/**
 * Whether the match goes on, also for the server: its clock and that of this page differ a little.
 * @param {Match} match
 * @param {BoardState} state
 */
const isPlayed = ({ phase }, { frozen }) => phase === 'playing' && !frozen;

/**
 * @param {Match} match
 * @param {BoardState} state
 */
function turnText(match, state) {
  const { turn, game, games } = state;
  const prefix = games > 1 ? `Game ${game} of ${games}. ` : '';
  if (!turn || !isPlayed(match, state)) return prefix.trim();
  const seat = SEATS[turn];
  if (match.joined && !isAtOneKeyboard(match.joined) && seat === match.joined.seat)
    return `${prefix}Your turn (${turn}).`;
  return `${prefix}${playerIn(match, seat).name} to move (${turn}).`;
}

/**
 * One tab stop for the board; the arrows move inside it.
 * @param {KeyboardEvent} event
 * @param {HTMLButtonElement[]} fields
 */
function moveFocus(event, fields) {
  const step = ARROWS[event.key];
  if (!step) return;
  event.preventDefault();
  const from = fields.findIndex((field) => field === document.activeElement);
  const isSideways = Math.abs(step) === 1;
  const to = from + step;
  const leavesRow = isSideways && Math.floor(to / 3) !== Math.floor(from / 3);
  const [left, entered] = [fields[from], fields[to]];
  if (leavesRow || !left || !entered) return;
  left.tabIndex = -1;
  entered.tabIndex = 0;
  entered.focus();
}
