// @ts-check
// Loads and events together: an event that arrives during a load may be newer than the response, so it is
// replayed afterwards.

/**
 * A load that runs once. `ready` waits for it; `refresh` repeats it if it has run, such as after missed
 * events; `reset` forgets that it ran.
 * @typedef {{ ready(): Promise<void>, refresh(): void, reset(): void }} Loader
 */
export class EventReplay {
  /** @type {(() => void)[]} */
  #missed = [];
  #loads = 0;

  /**
   * A listener that calls back with each event, and again after a load. Callbacks must be idempotent.
   * @template Data
   * @param {(data: Data) => void} callback
   */
  replayed(callback) {
    return (/** @type {Data} */ data) => {
      callback(data);
      if (this.#loads) this.#missed.push(() => callback(data));
    };
  }

  /**
   * Runs a load, then replays the events that arrived meanwhile.
   * @param {() => Promise<unknown>} load
   */
  async load(load) {
    this.#loads += 1;
    try {
      await load();
      for (const replay of [...this.#missed]) replay();
    } finally {
      this.#loads -= 1;
      if (!this.#loads) this.#missed.length = 0;
    }
  }

  /**
   * @param {() => Promise<unknown>} load
   * @returns {Loader}
   */
  loader(load) {
    /** @type {Promise<void> | null} */
    let current = null;
    const ready = () => {
      const started = (current ??= this.load(load).catch((error) => {
        if (current === started) current = null;
        throw error;
      }));
      return started;
    };
    const refresh = () => {
      if (!current) return;
      current = null;
      // A failure shows in the next view that needs the list: it loads again.
      ready().catch(() => {});
    };
    const reset = () => {
      current = null;
    };
    return { ready, refresh, reset };
  }
}

/** The loads of this page. */
export const eventReplay = new EventReplay();
