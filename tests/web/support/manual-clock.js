// A clock that stands still until a test moves it.

export class ManualClock {
  #now = Date.parse('2026-01-31T12:00:00Z');
  #last = 0;
  #timers = new Map();

  now = () => this.#now;
  monotonic = () => this.#now;

  setTimeout = (callback, delay) => {
    this.#last += 1;
    this.#timers.set(this.#last, { callback, at: this.#now + delay });
    return this.#last;
  };

  clearTimeout = (timer) => {
    this.#timers.delete(timer);
  };

  /** How long until each timer fires, the next one first. */
  get pending() {
    return [...this.#timers.values()].map(({ at }) => at - this.#now).sort((a, b) => a - b);
  }

  /** Moves on, and runs what is due in its order, with what follows from it. */
  async advance(duration) {
    const end = this.#now + duration;
    for (;;) {
      await settled();
      const due = [...this.#timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
      if (!due) break;
      const [timer, { callback, at }] = due;
      this.#timers.delete(timer);
      this.#now = at;
      callback();
    }
    this.#now = end;
  }
}

/** Resolves when all promises that can go on have done so. */
export const settled = () => new Promise((resolve) => setImmediate(resolve));
