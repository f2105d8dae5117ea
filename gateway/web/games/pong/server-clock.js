// @ts-check
// The server's clock, estimated from the times that frames carry.

/** The fastest frame of so many milliseconds tells the offset. */
const WINDOW = 5_000;
/** How fast the estimate may follow, in parts of the time that passes. */
const MAX_SLEW = 0.02;

export class ServerClock {
  /** Samples with growing offsets: the smallest of the window comes first.
   * @type {{ at: number, offset: number }[]} */
  #samples = [];
  /** @type {number | null} */
  #offset = null;
  #adjustedAt = 0;

  /**
   * Takes the server time (ms) of a frame that arrived at this local time.
   * @param {number} serverTime
   * @param {number} now
   */
  sample(serverTime, now) {
    const offset = now - serverTime;
    const isRecent = (/** @type {{ at: number }} */ sample) => sample.at >= now - WINDOW;
    this.#samples = this.#samples.filter((sample) => sample.offset < offset && isRecent(sample));
    this.#samples.push({ at: now, offset });
    this.#follow(this.#samples[0]?.offset ?? offset, now);
  }

  /**
   * @param {number} target
   * @param {number} now
   */
  #follow(target, now) {
    const step = (now - this.#adjustedAt) * MAX_SLEW;
    this.#adjustedAt = now;
    if (this.#offset === null || Math.abs(target - this.#offset) > 500) this.#offset = target;
    else this.#offset += Math.max(-step, Math.min(step, target - this.#offset));
  }

  /**
   * The server time of the newest frame that can have arrived by now; null before the first one.
   * @param {number} now
   */
  at(now) {
    return this.#offset === null ? null : now - this.#offset;
  }
}
