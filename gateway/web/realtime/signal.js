// Signals: observable values that are replaced as a whole, never mutated.

import { onAbort } from '../abort.js';

/** Creates a signal with this initial value. */
export function createSignal(value) {
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
    /** Calls back with the value, now and after each change, until the abort signal fires. */
    subscribe(subscriber, abortSignal) {
      if (abortSignal?.aborted) return;
      subscribers.add(subscriber);
      onAbort(abortSignal, () => subscribers.delete(subscriber));
      subscriber(value);
    },
  };
}
