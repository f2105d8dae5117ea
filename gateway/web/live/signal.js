// @ts-check
// Signals: observable values that are replaced as a whole, never mutated.

import { onAbort } from './abort.js';

/**
 * `subscribe` calls back with the value, now and after each change, until the abort signal fires.
 * @template T
 * @typedef {{
 *   readonly value: T,
 *   set(next: T): void,
 *   subscribe(subscriber: (value: T) => void, abortSignal?: AbortSignal | null): void,
 * }} Signal
 */

/**
 * Creates a signal with this initial value.
 * @template T
 * @param {T} initial
 * @returns {Signal<T>}
 */
export function createSignal(initial) {
  let value = initial;
  /** @type {Set<(value: T) => void>} */
  const subscribers = new Set();
  return {
    get value() {
      return value;
    },
    set(next) {
      if (next === value) return;
      value = next;
      for (const subscriber of [...subscribers]) subscriber(value);
    },
    subscribe(subscriber, abortSignal) {
      if (abortSignal?.aborted) return;
      subscribers.add(subscriber);
      onAbort(abortSignal, () => subscribers.delete(subscriber));
      subscriber(value);
    },
  };
}
