// @ts-check
// Time, which tests replace.

/**
 * @typedef {object} Clock
 * @property {() => number} now The wall time in milliseconds.
 * @property {() => number} monotonic Milliseconds that only go on, for intervals.
 * @property {(callback: () => void, delay: number) => number} setTimeout
 * @property {(timer: number | undefined) => void} clearTimeout
 */

/** @type {Clock} */
export const systemClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (callback, delay) => Number(setTimeout(callback, delay)),
  clearTimeout: (timer) => clearTimeout(timer),
};
