// Lists that are loaded once and changed by events.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fetchAll, removeWhere, updateWhere, upsert } from '../../gateway/web/live/collections.js';
import { EventReplay } from '../../gateway/web/live/event-replay.js';
import { createSignal } from '../../gateway/web/live/signal.js';
import { settled } from './support/manual-clock.js';
import { deferred, FakeApi } from './support/store-environment.js';

test('an event during a load is applied to what was loaded, whichever came first', async () => {
  const replay = new EventReplay();
  const [list, response] = [createSignal([]), deferred()];
  const add = replay.replayed((row) => list.set([...new Set([...list.value, row])]));
  const loaded = replay.load(async () => list.set(await response.promise));
  add('event');
  response.resolve(['old']);
  await loaded;
  assert.deepEqual(list.value, ['old', 'event']);
});

test('events are replayed after each of two loads that overlap, and then forgotten', async () => {
  const replay = new EventReplay();
  const [first, second] = [deferred(), deferred()];
  let calls = 0;
  const count = replay.replayed(() => (calls += 1));
  const loads = [replay.load(() => first.promise), replay.load(() => second.promise)];
  count();
  first.resolve();
  await loads[0];
  assert.equal(calls, 2);
  second.resolve();
  await loads[1];
  assert.equal(calls, 3);
  await replay.load(async () => {});
  assert.equal(calls, 3);
});

test('a failed load replays nothing and keeps later ones in order', async () => {
  const replay = new EventReplay();
  let calls = 0;
  const count = replay.replayed(() => (calls += 1));
  const failed = replay.load(async () => {
    count();
    throw new Error('failed');
  });
  await assert.rejects(failed);
  await replay.load(async () => {});
  assert.equal(calls, 1);
});

test('a loader loads once for all who wait, and again after a failure', async () => {
  const replay = new EventReplay();
  const responses = [deferred(), deferred()];
  let loads = 0;
  const loader = replay.loader(() => responses[(loads += 1) - 1].promise);
  const waiting = [loader.ready(), loader.ready()];
  responses[0].reject(new Error('failed'));
  for (const one of waiting) await assert.rejects(one);
  assert.equal(loads, 1);
  responses[1].resolve();
  await loader.ready();
  await loader.ready();
  assert.equal(loads, 2);
});

test('refresh repeats a load that has run, and only such a one', async () => {
  const replay = new EventReplay();
  let loads = 0;
  const loader = replay.loader(async () => (loads += 1));
  loader.refresh();
  await settled();
  assert.equal(loads, 0);
  await loader.ready();
  loader.refresh();
  await loader.ready();
  assert.equal(loads, 2);
  loader.reset();
  loader.refresh();
  assert.equal(loads, 2);
});

test('all pages of a list are fetched, and not more than anyone scrolls through', async () => {
  const rows = Array.from({ length: 250 }, (_, index) => index);
  const page = (_, path) => {
    const offset = Number(new URL(path, 'https://x').searchParams.get('offset'));
    return { data: rows.slice(offset, offset + 100), meta: { next: offset + 100 < rows.length ? 'next' : null } };
  };
  const api = new FakeApi().on('GET /friends/', page);
  assert.deepEqual(await fetchAll(api, '/friends/?x=1'), rows);
  assert.equal(api.calls[1].path, '/friends/?x=1&limit=100&offset=100');
  const endless = new FakeApi().on('GET /friends/', () => ({ data: [1], meta: { next: 'next' } }));
  assert.equal((await fetchAll(endless, '/friends/')).length, 10);
});

test('rows are replaced in their place, new ones come first', () => {
  const rows = [{ id: 1 }, { id: 2 }];
  const isTwo = ({ id }) => id === 2;
  assert.deepEqual(upsert(rows, { id: 2, a: 1 }, isTwo), [{ id: 1 }, { id: 2, a: 1 }]);
  assert.deepEqual(upsert([{ id: 1 }], { id: 2 }, isTwo), [{ id: 2 }, { id: 1 }]);
  assert.deepEqual(updateWhere(rows, isTwo, { a: 1 }), [{ id: 1 }, { id: 2, a: 1 }]);
  assert.deepEqual(removeWhere(rows, isTwo), [{ id: 1 }]);
  const isThree = ({ id }) => id === 3;
  assert.equal(updateWhere(rows, isThree, { a: 1 }), rows);
  assert.equal(removeWhere(rows, isThree), rows);
});
