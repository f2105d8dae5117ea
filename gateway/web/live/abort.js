// @ts-check
// Abort signals, which end what belongs to a view.

/**
 * Calls back when the signal fires, at once if it has fired already.
 * @param {AbortSignal | null | undefined} signal
 * @param {() => void} callback
 */
export function onAbort(signal, callback) {
  if (signal?.aborted) callback();
  else signal?.addEventListener('abort', callback, { once: true });
}
