// Signals: observable values that are replaced as a whole, never mutated.

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
      subscribers.add(subscriber);
      abortSignal?.addEventListener('abort', () => subscribers.delete(subscriber));
      subscriber(value);
    },
  };
}
