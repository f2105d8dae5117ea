// Pieces of state that views look at: they are replaced as a whole, never changed in place.

/** A piece of state with its first value. */
export function state(value) {
  const watchers = new Set();
  return {
    get value() {
      return value;
    },
    set(next) {
      if (next === value) return;
      value = next;
      for (const watcher of [...watchers]) watcher(value);
    },
    /** Calls back with the value, now and after each change, until the signal ends it. */
    watch(watcher, signal) {
      watchers.add(watcher);
      signal?.addEventListener('abort', () => watchers.delete(watcher));
      watcher(value);
    },
  };
}
