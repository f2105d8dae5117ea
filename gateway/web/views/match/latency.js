// @ts-check
// How long a message takes to the server and back.

import { onAbort } from '../../live/abort.js';
import { createSignal } from '../../live/signal.js';

/** @import { LiveMatch } from './types.js' */

const INTERVAL = 2_000;
/** How much the last measurement counts, of one. */
const WEIGHT = 0.4;

/**
 * The latency in milliseconds, or null while it is not known; measured until the abort signal fires.
 * @param {LiveMatch} live
 * @param {AbortSignal} signal
 */
export function measureLatency(live, signal) {
  /** @type {import('../../live/signal.js').Signal<number | null>} */
  const latency = createSignal(null);
  const measure = async () => {
    if (live.match.value.connection !== 'open' || document.hidden) return;
    const sentAt = performance.now();
    try {
      await live.request('ping');
      const passed = performance.now() - sentAt;
      const before = latency.value ?? passed;
      latency.set(Math.max(1, Math.round(before + (passed - before) * WEIGHT)));
    } catch {
      // The connection was lost; its return is measured again.
      latency.set(null);
    }
  };
  const timer = setInterval(measure, INTERVAL);
  onAbort(signal, () => clearInterval(timer));
  measure();
  return latency;
}
