// Abort signals that fired before anybody listened.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { onAbort } from '../../gateway/web/live/abort.js';
import { createSignal } from '../../gateway/web/live/signal.js';

test('a signal that has fired already is honoured at once', () => {
  let calls = 0;
  const count = () => {
    calls += 1;
  };
  onAbort(AbortSignal.abort(), count);
  assert.equal(calls, 1);
  const controller = new AbortController();
  onAbort(controller.signal, count);
  assert.equal(calls, 1);
  controller.abort();
  controller.abort();
  assert.equal(calls, 2);
  onAbort(null, count);
  assert.equal(calls, 2);
});

test('nothing is subscribed for a signal that has fired', () => {
  const signal = createSignal(1);
  const seen = [];
  signal.subscribe((value) => seen.push(value), AbortSignal.abort());
  const controller = new AbortController();
  signal.subscribe((value) => seen.push(value), controller.signal);
  signal.set(2);
  controller.abort();
  signal.set(3);
  assert.deepEqual(seen, [1, 2]);
});
