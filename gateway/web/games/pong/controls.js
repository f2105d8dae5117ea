// @ts-check
// What a player does: keys, and a finger or the mouse that the paddle follows.

import { HALF_HEIGHT } from './field.js';

/**
 * @import { SeatName } from '../../api/types.js'
 * @import { Paddle } from './field.js'
 */

/** @type {Record<string, SeatName>} */
const UP_KEYS = { KeyW: 'first', ArrowUp: 'second' };
/** @type {Record<string, SeatName>} */
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
  /** The keys that are down, the last one last.
   * @type {Map<string, { seat: SeatName, direction: number }>} */
  #pressed = new Map();
  /** The vertical position that a seat's pointer points at, in units of the field.
   * @type {Map<SeatName, number>} */
  #targets = new Map();
  /** The seat that each pointer steers.
   * @type {Map<number, SeatName>} */
  #pointers = new Map();

  /** @param {{ element: HTMLElement, seats: SeatName[], isActive: () => boolean, signal: AbortSignal }} options */
  constructor({ element, seats, isActive, signal }) {
    this.#seats = seats;
    this.#isActive = isActive;
    const options = { signal };
    addEventListener('keydown', (event) => this.#onKeyDown(event), options);
    addEventListener('keyup', ({ code }) => this.#pressed.delete(code), options);
    addEventListener('blur', () => this.#releaseAll(), options);
    element.addEventListener('pointerdown', (event) => this.#onPointer(event, element), options);
    element.addEventListener(
      'pointermove',
      (event) => this.#pointers.has(event.pointerId) && this.#onPointer(event, element),
      options,
    );
    for (const name of /** @type {const} */ (['pointerup', 'pointercancel', 'lostpointercapture'])) {
      element.addEventListener(name, ({ pointerId }) => this.#releasePointer(pointerId), options);
    }
  }

  /**
   * -1 (up), 0 or 1 (down) for a seat; `paddle` is its own, which an effect may reverse.
   * @param {SeatName} seat
   * @param {Pick<Paddle, 'y' | 'v'>} paddle
   */
  direction(seat, paddle, isReversed = false) {
    const last = [...this.#pressed.values()].findLast((key) => key.seat === seat);
    if (last) return last.direction;
    const pointed = this.#targets.get(seat);
    if (pointed === undefined) return 0;
    const target = (isReversed ? -1 : 1) * pointed;
    const stop = paddle.y + (paddle.v * Math.abs(paddle.v)) / (2 * GRIP);
    if (Math.abs(target - stop) < DEAD_ZONE) return 0;
    return target < stop !== isReversed ? -1 : 1;
  }

  /** @param {KeyboardEvent} event */
  #onKeyDown(event) {
    const { code, target } = event;
    if (!this.#isActive() || event.ctrlKey || event.metaKey || event.altKey || isEditable(target)) return;
    const seat = UP_KEYS[code] ?? DOWN_KEYS[code];
    if (!seat) return;
    event.preventDefault();
    if (event.repeat) return;
    const own = this.#ownSeat(seat);
    if (!own) return;
    // A key replaces the pointer, and the last key pressed wins.
    this.#targets.delete(own);
    this.#pressed.delete(code);
    this.#pressed.set(code, { seat: own, direction: code in UP_KEYS ? -1 : 1 });
  }

  /**
   * With both seats, each half of the keyboard and of the court is one player's.
   * @param {SeatName} seat
   */
  #ownSeat(seat) {
    return this.#seats.length > 1 ? seat : this.#seats[0];
  }

  /**
   * @param {PointerEvent} event
   * @param {HTMLElement} element
   */
  #onPointer(event, element) {
    if (event.target instanceof Element && event.target.closest('button, a, input, dialog')) return;
    const box = element.getBoundingClientRect();
    const half = event.clientX < box.left + box.width / 2 ? 'first' : 'second';
    const seat = this.#pointers.get(event.pointerId) ?? this.#ownSeat(half);
    const court = element.querySelector('canvas')?.getBoundingClientRect();
    if (!seat || !court) return;
    if (!this.#pointers.has(event.pointerId)) element.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, seat);
    const y = ((2 * (event.clientY - court.top)) / court.height - 1) * HALF_HEIGHT;
    this.#targets.set(seat, Math.max(-HALF_HEIGHT, Math.min(HALF_HEIGHT, y)));
  }

  /** @param {number} pointerId */
  #releasePointer(pointerId) {
    const seat = this.#pointers.get(pointerId);
    if (seat) this.#targets.delete(seat);
    this.#pointers.delete(pointerId);
  }

  #releaseAll() {
    this.#pressed.clear();
    this.#targets.clear();
    this.#pointers.clear();
  }
}

/** @param {EventTarget | null} target */
const isEditable = (target) =>
  target instanceof Element && target.matches('input, textarea, select, [contenteditable]');
