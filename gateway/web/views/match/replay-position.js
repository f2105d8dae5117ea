// @ts-check
// Where a replay is, and how it goes on.

import { createSignal } from '../../live/signal.js';

/** The place of a replay, in a unit of its game: ticks or moves. */
export class ReplayPosition {
  at = createSignal(0);
  isPlaying = createSignal(true);
  #exact = 0;
  #speed = 1;
  /** @type {number} */
  #perSecond;
  /** @type {number} */
  #leadIn;
  /** @type {number | null} */
  #lastAt = null;

  /**
   * @param {object} replay
   * @param {number} replay.length
   * @param {number} replay.perSecond how far it goes in a second at normal speed
   * @param {number} replay.leadIn from how long before it a moment is shown
   */
  constructor({ length, perSecond, leadIn }) {
    this.length = length;
    this.#perSecond = perSecond;
    this.#leadIn = leadIn;
  }

  /** Goes to a moment.
   * @param {number} at */
  seek(at) {
    this.#exact = Math.max(0, Math.min(this.length, at));
    this.at.set(Math.floor(this.#exact));
  }

  /** Plays what led to a moment.
   * @param {number} at */
  show(at) {
    this.seek(at - this.#leadIn);
    this.#setPlaying(true);
  }

  /** Pauses, or plays on; at the end from the beginning. */
  toggle() {
    const isPlaying = !this.isPlaying.value;
    if (isPlaying && this.at.value >= this.length) this.seek(0);
    this.#setPlaying(isPlaying);
  }

  /** @param {number} speed a multiple of the normal one */
  setSpeed(speed) {
    this.#speed = speed;
  }

  /** Goes on with the time.
   * @param {number} now in milliseconds */
  advance(now) {
    if (!this.isPlaying.value) return;
    const passed = (now - (this.#lastAt ?? now)) / 1000;
    this.#lastAt = now;
    this.seek(this.#exact + passed * this.#perSecond * this.#speed);
    if (this.at.value >= this.length) this.#setPlaying(false);
  }

  /** Follows the frames of the screen until the abort signal fires.
   * @param {AbortSignal} signal */
  run(signal) {
    const onFrame = (/** @type {number} */ now) => {
      if (signal.aborted) return;
      this.advance(now);
      requestAnimationFrame(onFrame);
    };
    requestAnimationFrame(onFrame);
  }

  /** @param {boolean} isPlaying */
  #setPlaying(isPlaying) {
    this.#lastAt = null;
    this.isPlaying.set(isPlaying);
  }
}
