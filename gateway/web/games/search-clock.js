// @ts-check
// How long the search for an opponent has lasted.

import { onAbort } from '../live/abort.js';
import { queueStore } from '../live/queue-store.js';

const INTERVAL = 500;

/**
 * A clock that runs until the abort signal fires.
 * @param {AbortSignal} signal
 */
export function searchClock(signal) {
  const clock = document.createElement('span');
  clock.className = 'clock';
  clock.setAttribute('role', 'timer');
  const render = () => {
    const since = queueStore.search.value?.since ?? performance.now();
    const seconds = Math.max(0, Math.floor((performance.now() - since) / 1000));
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  };
  render();
  const timer = setInterval(render, INTERVAL);
  onAbort(signal, () => clearInterval(timer));
  return clock;
}
