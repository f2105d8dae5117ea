// Tells when the server is reachable again after it was not.

import { onAbort } from './abort.js';

const PROBE_INTERVAL = 5_000;
const changes = new EventTarget();

/** Reports that the server answers again. */
export function reportRestored() {
  changes.dispatchEvent(new Event('restored'));
}

/** Calls back whenever the server is likely to be reachable again, until the abort signal fires. */
export function onRestored(listener, signal) {
  addEventListener('online', listener, { signal });
  changes.addEventListener('restored', listener, { signal });
}

/** Resolves once the server answers again, which it is asked from time to time; never after `signal` fired. */
export function serverRestored(signal) {
  const ended = new AbortController();
  const waiting = signal ? AbortSignal.any([signal, ended.signal]) : ended.signal;
  return new Promise((resolve) => {
    const end = () => {
      ended.abort();
      resolve();
    };
    const probe = () => fetch('/healthz', { cache: 'no-store', signal: waiting }).then(({ ok }) => ok && reportRestored(), () => {});
    const timer = setInterval(probe, PROBE_INTERVAL);
    onAbort(waiting, () => clearInterval(timer));
    onRestored(end, waiting);
  });
}
