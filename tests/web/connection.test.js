// The return of a server that was unreachable.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Connection } from '../../gateway/web/live/connection.js';
import { ManualClock, settled } from './support/manual-clock.js';

function setUp(answer) {
  const [clock, page] = [new ManualClock(), new EventTarget()];
  let probes = 0;
  const fetch = async (url) => {
    assert.equal(url, '/healthz');
    probes += 1;
    return answer(probes);
  };
  return { clock, page, connection: new Connection({ fetch, clock, page }), probes: () => probes };
}

test('the server is asked until it is healthy, and not longer', async () => {
  const answers = [() => Promise.reject(new TypeError()), () => ({ ok: false }), () => ({ ok: true })];
  const { clock, connection, probes } = setUp((count) => answers[count - 1]());
  let restored = 0;
  connection.restored().then(() => (restored += 1));
  await clock.advance(14_000);
  assert.deepEqual([probes(), restored], [2, 0]);
  await clock.advance(60_000);
  assert.deepEqual([probes(), restored, clock.pending], [3, 1, []]);
});

test('what the browser or another part finds out is enough', async () => {
  const { clock, page, connection } = setUp(() => assert.fail('is not asked'));
  const [first, second] = [connection.restored(), connection.restored()];
  page.dispatchEvent(new Event('online'));
  await first;
  await second;
  const third = connection.restored();
  connection.reportRestored();
  await third;
  assert.deepEqual(clock.pending, []);
});

test('an aborted wait ends without a result', async () => {
  const { clock, connection, probes } = setUp(() => ({ ok: true }));
  const controller = new AbortController();
  connection.restored(controller.signal).then(() => assert.fail('has been aborted'));
  controller.abort();
  connection.reportRestored();
  await clock.advance(60_000);
  await settled();
  assert.equal(probes(), 0);
});
