// Shows the frames of the server a moment late, so that motion is even although frames are not.

import { blend } from './blend.js';
import { toView } from './field.js';
import { ServerClock } from './server-clock.js';

/** How far behind the server the picture is; it grows with the jitter of the frames. */
const MIN_DELAY = 12;
const MAX_DELAY = 150;
/** Longer than any jitter: the frames before are of no use. */
const MAX_FRAMES = 60;

export class Interpolation {
  #clock = new ServerClock();
  /** `{ at, view }` in the order of server time. */
  #frames = [];
  #delay = MIN_DELAY;

  /** Takes a JSON state; returns it unless it is older than the last one. */
  take(state, now) {
    const at = Date.parse(state.server_time);
    const last = this.#frames.at(-1);
    if (state.isFirst) this.#frames.length = 0;
    else if (last && at <= last.at) return null;
    this.#clock.sample(at, now);
    this.#frames.push({ at, view: toView(state) });
    if (this.#frames.length > MAX_FRAMES) this.#frames.shift();
    this.#noteDelay(now - at - (now - this.#clock.at(now)), last ? at - last.at : 0);
    return state;
  }

  /** The view to draw now; null before the first frame. */
  view(now) {
    const [first] = this.#frames;
    if (!first) return null;
    const at = this.#clock.at(now) - this.#delay;
    const next = this.#frames.findIndex((frame) => frame.at > at);
    if (next < 0) return this.#frames.at(-1).view;
    if (next === 0) return first.view;
    const [from, to] = [this.#frames[next - 1], this.#frames[next]];
    return blend(from.view, to.view, (at - from.at) / (to.at - from.at));
  }

  /** An input has no effect here before the server has it. Returns the tick that it is for. */
  steer() {
    return (this.#frames.at(-1)?.view.tick ?? 0) + 1;
  }

  /** The delay follows the lateness of frames at once upward, and slowly downward. */
  #noteDelay(lateness, interval) {
    const wanted = Math.min(MAX_DELAY, Math.max(MIN_DELAY, lateness + Math.min(interval, 50) + 4));
    this.#delay = wanted > this.#delay ? wanted : this.#delay + (wanted - this.#delay) * 0.02;
  }
}
