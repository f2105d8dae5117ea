// @ts-check
// Tells when the server is reachable again after it was not.

import { systemClock } from '../api/clock.js';
import { onAbort } from './abort.js';

/** @import { Clock } from '../api/clock.js' */

const PROBE_INTERVAL = 5_000;

export class Connection extends EventTarget {
  #fetch;
  #clock;
  #page;

  /** @param {{ fetch?: typeof fetch, clock?: Clock, page?: EventTarget }} [environment] */
  constructor({ fetch = (...args) => globalThis.fetch(...args), clock = systemClock, page = globalThis.window } = {}) {
    super();
    this.#fetch = fetch;
    this.#clock = clock;
    this.#page = page;
  }

  /** Reports that the server answers again. */
  reportRestored() {
    this.dispatchEvent(new Event('restored'));
  }

  /**
   * Calls back whenever the server is likely to be reachable again, until the abort signal fires.
   * @param {() => void} listener
   * @param {AbortSignal} [signal]
   */
  onRestored(listener, signal) {
    const options = signal ? { signal } : {};
    this.#page?.addEventListener('online', listener, options);
    this.addEventListener('restored', listener, options);
  }

  /**
   * Resolves once the server answers again, which it is asked from time to time; never after `signal` fired.
   * @param {AbortSignal} [signal]
   * @returns {Promise<void>}
   */
  restored(signal) {
    const ended = new AbortController();
    const waiting = signal ? AbortSignal.any([signal, ended.signal]) : ended.signal;
    return new Promise((resolve) => {
      const end = () => {
        ended.abort();
        resolve();
      };
      this.#probe(waiting);
      this.onRestored(end, waiting);
    });
  }

  /** @param {AbortSignal} signal */
  #probe(signal) {
    const timer = this.#clock.setTimeout(() => {
      this.#isHealthy(signal).then((healthy) => healthy && this.reportRestored());
      this.#probe(signal);
    }, PROBE_INTERVAL);
    onAbort(signal, () => this.#clock.clearTimeout(timer));
  }

  /** @param {AbortSignal} signal */
  async #isHealthy(signal) {
    try {
      return (await this.#fetch('/healthz', { cache: 'no-store', signal })).ok;
    } catch {
      return false;
    }
  }
}

/** The connection of this page. */
export const connection = new Connection();
