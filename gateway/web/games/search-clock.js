// How long the search for an opponent has lasted.

import { onAbort } from '../abort.js';
import { h } from '../dom.js';
import { search } from '../realtime/queue-store.js';

const INTERVAL = 500;

/** A clock that runs until the abort signal fires. */
export function searchClock(signal) {
  const clock = h('span.clock', { role: 'timer' });
  const render = () => {
    const seconds = search.value ? Math.max(0, Math.floor((performance.now() - search.value.since) / 1000)) : 0;
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  };
  render();
  const timer = setInterval(render, INTERVAL);
  onAbort(signal, () => clearInterval(timer));
  return clock;
}
