// @ts-check
// Shows the frames of the server a moment late, so that motion is even although frames are not.

import { blend } from './blend.js';
import { toView } from './field.js';
import { ServerClock } from './server-clock.js';

/** @import { StateFrame, View } from './field.js' */
/** A view at a server time.
 * @typedef {{ at: number, view: View }} TimedView */

/** How far behind the server the picture is; it grows with the jitter of the frames. */
const MIN_DELAY = 12;
const MAX_DELAY = 150;
/** Longer than any jitter: the frames before are of no use. */
const MAX_FRAMES = 60;

export class Interpolation {
  #clock = new ServerClock();
  /** In the order of server time.
   * @type {TimedView[]} */
  #frames = [];
  #delay = MIN_DELAY;

  /**
   * Takes a JSON state; returns it unless it is older than the last one.
   * @param {StateFrame} state
   * @param {number} now
   */
  take(state, now) {
    const at = Date.parse(state.server_time);
    const last = this.#frames.at(-1);
    if (state.isFirst) this.#frames.length = 0;
    else if (last && at <= last.at) return null;
    this.#clock.sample(at, now);
    this.#frames.push({ at, view: toView(state) });
    if (this.#frames.length > MAX_FRAMES) this.#frames.shift();
    this.#noteDelay(now - at - (now - (this.#clock.at(now) ?? now)), last ? at - last.at : 0);
    return state;
  }

  /**
   * The view to draw now; null before the first frame.
   * @param {number} now
   */
  view(now) {
    const at = (this.#clock.at(now) ?? now) - this.#delay;
    const from = this.#frames.findLast((frame) => frame.at <= at);
    const to = this.#frames.find((frame) => frame.at > at);
    if (!from || !to) return (from ?? to)?.view ?? null;
    return blend(from.view, to.view, (at - from.at) / (to.at - from.at));
  }

  /**
   * An input has no effect here before the server has it. Returns the tick that it is for.
   * @param {unknown} _input
   */
  steer(_input) {
    return (this.#frames.at(-1)?.view.tick ?? 0) + 1;
  }

  /**
   * The delay follows the lateness of frames at once upward, and slowly downward.
   * @param {number} lateness
   * @param {number} interval
   */
  #noteDelay(lateness, interval) {
    const wanted = Math.min(MAX_DELAY, Math.max(MIN_DELAY, lateness + Math.min(interval, 50) + 4));
    this.#delay = wanted > this.#delay ? wanted : this.#delay + (wanted - this.#delay) * 0.02;
  }
}
