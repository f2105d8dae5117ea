// Tic-tac-toe in a live match: a board of buttons, for the mouse, the keyboard and screen readers.

import { onAbort } from '../../abort.js';
import { h } from '../../dom.js';
import { createSignal } from '../../realtime/signal.js';
import { showError } from '../../toasts.js';
import { playerIn } from '../match-state.js';

/** `X` begins the first game. */
const SEATS = { X: 'first', O: 'second' };
const EMPTY = '_';
const ARROWS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -3, ArrowDown: 3 };
const CLOCK_INTERVAL = 250;

export default async function prepareGame({ signal }) {
  return new TicTacToeGame(signal);
}

class TicTacToeGame {
  frames = { form: 'json', rate: '60' };
  #state = createSignal(null);
  #signal;
  #live = null;

  constructor(signal) {
    this.#signal = signal;
  }

  take(frame) {
    const endsAt = frame.remaining_ms === undefined || frame.remaining_ms === null ? null : performance.now() + frame.remaining_ms;
    this.#state.set({ ...frame, endsAt });
    if (!frame.isFirst && !frame.frozen) this.#live?.notePlaying();
  }

  hint({ seat }) {
    return seat ? 'Click a field, or choose it with the arrow keys and press Enter.' : null;
  }

  mount(live) {
    this.#live = live;
    const status = h('p.turn', { role: 'status' });
    const clock = h('p.turn-clock', { role: 'timer' });
    const fields = Array.from({ length: 9 }, (_, position) => this.#field(position));
    const board = h('div.board', { role: 'group', 'aria-label': 'Board' }, fields);
    board.addEventListener('keydown', (event) => moveFocus(event, fields));
    const render = () => {
      if (!this.#state.value?.board) return;
      const text = this.#turnText();
      if (status.textContent !== text) status.textContent = text;
      fields.forEach((field, position) => this.#renderField(field, position));
    };
    this.#state.subscribe(render, this.#signal);
    live.match.subscribe(render, this.#signal);
    const timer = setInterval(() => this.#renderClock(clock), CLOCK_INTERVAL);
    onAbort(this.#signal, () => clearInterval(timer));
    return h('div.tictactoe', {}, h('div.turn-line', {}, status, clock), board, this.#previousGame());
  }

  #field(position) {
    const field = h('button', { type: 'button', tabindex: position === 4 ? '0' : '-1' });
    field.addEventListener('click', () => this.#move(position));
    return field;
  }

  async #move(position) {
    if (!this.#isMine() || this.#state.value.board[position] !== EMPTY) return;
    try {
      await this.#live.request('move', { position });
    } catch (error) {
      showError(error);
    }
  }

  /** Whether this client may move now. */
  #isMine() {
    const { joined } = this.#live.match.value;
    const { turn } = this.#state.value;
    return this.#isPlayed() && joined.seat !== null && turn !== null && (joined.mode === 'local' || SEATS[turn] === joined.seat);
  }

  /** Whether the match goes on, also for the server: its clock and that of this page differ a little. */
  #isPlayed() {
    return this.#live.match.value.phase === 'playing' && !this.#state.value.frozen;
  }

  #renderField(field, position) {
    const { board, line } = this.#state.value;
    const mark = board[position];
    const isFree = mark === EMPTY && this.#isMine();
    field.dataset.mark = mark === EMPTY ? '' : mark;
    field.classList.toggle('on-line', Boolean(line?.includes(position)));
    field.setAttribute('aria-label', `Row ${Math.floor(position / 3) + 1}, column ${position % 3 + 1}: ${mark === EMPTY ? 'empty' : mark}`);
    if (isFree) field.removeAttribute('aria-disabled');
    else field.setAttribute('aria-disabled', 'true');
  }

  #turnText() {
    const { joined } = this.#live.match.value;
    const { turn, game, games } = this.#state.value;
    const prefix = games > 1 ? `Game ${game} of ${games}. ` : '';
    if (!turn || !this.#isPlayed()) return prefix.trim();
    const seat = SEATS[turn];
    if (joined.mode !== 'local' && seat === joined.seat) return `${prefix}Your turn (${turn}).`;
    return `${prefix}${playerIn(this.#live.match.value, seat).name} to move (${turn}).`;
  }

  #renderClock(clock) {
    const { endsAt } = this.#state.value ?? {};
    const isRunning = endsAt && this.#live.match.value.phase === 'playing';
    clock.textContent = isRunning ? `${Math.max(0, Math.ceil((endsAt - performance.now()) / 1000))} s` : '';
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

/** One tab stop for the board; the arrows move inside it. */
function moveFocus(event, fields) {
  const step = ARROWS[event.key];
  if (!step) return;
  event.preventDefault();
  const from = fields.indexOf(document.activeElement);
  const isSideways = Math.abs(step) === 1;
  const to = from + step;
  const leavesRow = isSideways && Math.floor(to / 3) !== Math.floor(from / 3);
  if (to < 0 || to > 8 || leavesRow) return;
  fields[from].tabIndex = -1;
  fields[to].tabIndex = 0;
  fields[to].focus();
}
