// What a player does: keys, and a finger or the mouse that the paddle follows.

import { HALF_HEIGHT } from './field.js';

const UP_KEYS = { KeyW: 'first', ArrowUp: 'second' };
const DOWN_KEYS = { KeyS: 'first', ArrowDown: 'second' };
/** The paddle stops this close to the finger, in units of the field. */
const DEAD_ZONE = 250;
/** How much a paddle slows down in a tick, about. */
const GRIP = 34;

/**
 * Listens until the abort signal fires. `seats` are those that this client plays: with one, all keys
 * are its own; with both, W and S are the left one's, the arrows the right one's. While `isActive`
 * returns false, the keys are left to the page. `direction` tells where a seat's paddle should move.
 */
export class Controls {
  #seats;
  #isActive;
  #pressed = new Map();
  /** The vertical position that a seat's pointer points at, in units of the field. */
  #targets = new Map();
  #pointers = new Map();

  constructor({ element, seats, isActive, signal }) {
    this.#seats = seats;
    this.#isActive = isActive;
    const options = { signal };
    addEventListener('keydown', (event) => this.#onKeyDown(event), options);
    addEventListener('keyup', ({ code }) => this.#pressed.delete(code), options);
    addEventListener('blur', () => this.#releaseAll(), options);
    element.addEventListener('pointerdown', (event) => this.#onPointer(event, element), options);
    element.addEventListener('pointermove', (event) => this.#pointers.has(event.pointerId) && this.#onPointer(event, element), options);
    for (const name of ['pointerup', 'pointercancel', 'lostpointercapture']) {
      element.addEventListener(name, ({ pointerId }) => this.#releasePointer(pointerId), options);
    }
  }

  /** -1 (up), 0 or 1 (down) for a seat; `paddle` is its own, which an effect may reverse. */
  direction(seat, paddle, isReversed = false) {
    const last = [...this.#pressed.values()].findLast((key) => key.seat === seat);
    if (last) return last.direction;
    if (!this.#targets.has(seat)) return 0;
    const target = (isReversed ? -1 : 1) * this.#targets.get(seat);
    const stop = paddle.y + paddle.v * Math.abs(paddle.v) / (2 * GRIP);
    if (Math.abs(target - stop) < DEAD_ZONE) return 0;
    return (target < stop) !== isReversed ? -1 : 1;
  }

  #onKeyDown(event) {
    const { code, target } = event;
    if (!this.#isActive() || event.ctrlKey || event.metaKey || event.altKey || isEditable(target)) return;
    const seat = UP_KEYS[code] ?? DOWN_KEYS[code];
    if (!seat) return;
    event.preventDefault();
    if (event.repeat) return;
    const own = this.#seats.length > 1 ? seat : this.#seats[0];
    // A key replaces the pointer, and the last key pressed wins.
    this.#targets.delete(own);
    this.#pressed.delete(code);
    this.#pressed.set(code, { seat: own, direction: code in UP_KEYS ? -1 : 1 });
  }

  /** With both seats, each half of the court is one player's. */
  #onPointer(event, element) {
    if (event.target.closest('button, a, input, dialog')) return;
    const box = element.getBoundingClientRect();
    const half = event.clientX < box.left + box.width / 2 ? 'first' : 'second';
    const seat = this.#pointers.get(event.pointerId) ?? (this.#seats.length > 1 ? half : this.#seats[0]);
    if (!this.#pointers.has(event.pointerId)) element.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, seat);
    const court = element.querySelector('canvas').getBoundingClientRect();
    const y = (2 * (event.clientY - court.top) / court.height - 1) * HALF_HEIGHT;
    this.#targets.set(seat, Math.max(-HALF_HEIGHT, Math.min(HALF_HEIGHT, y)));
  }

  #releasePointer(pointerId) {
    this.#targets.delete(this.#pointers.get(pointerId));
    this.#pointers.delete(pointerId);
  }

  #releaseAll() {
    this.#pressed.clear();
    this.#targets.clear();
    this.#pointers.clear();
  }
}

const isEditable = (target) => target.matches?.('input, textarea, select, [contenteditable]');
