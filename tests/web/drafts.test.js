// What was begun to be written, and the server's clock.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Drafts } from '../../gateway/web/live/drafts.js';
import { WrittenStore } from '../../gateway/web/live/written-store.js';
import { OWN_ID, storeEnvironment } from './support/store-environment.js';

test('a draft is kept by chat and user, and goes when it is empty', () => {
  const { session, written, stored } = storeEnvironment();
  const drafts = new Drafts({ session, written });
  drafts.keep('1', 'hello');
  drafts.keep('2', 'bye');
  assert.deepEqual([drafts.get('1'), drafts.get('3')], ['hello', '']);
  const other = new Drafts({ session: { profile: { id: 'other' } }, written });
  assert.equal(other.get('1'), '');
  drafts.keep('1', '');
  drafts.keep('2', '');
  assert.equal(stored.size, 0);
});

test('only the latest fifty drafts are kept', () => {
  const drafts = new Drafts(storeEnvironment());
  for (let chat = 0; chat < 51; chat += 1) drafts.keep(`chat ${chat}`, 'text');
  assert.deepEqual([drafts.get('chat 0'), drafts.get('chat 1')], ['', 'text']);
  drafts.keep('chat 1', 'again');
  drafts.keep('chat 51', 'text');
  assert.deepEqual([drafts.get('chat 1'), drafts.get('chat 2')], ['again', '']);
});

test('without a session nothing is kept, and blocked or broken storage is empty', () => {
  const { written, stored } = storeEnvironment();
  const drafts = new Drafts({ session: { profile: null }, written });
  drafts.keep('1', 'hello');
  assert.deepEqual([drafts.get('1'), stored.size], ['', 0]);
  stored.set(`courtside.drafts.${OWN_ID}`, '{broken');
  assert.equal(written.read('drafts', OWN_ID, 'empty'), 'empty');
  const blocked = new WrittenStore(() => {
    throw new Error('SecurityError');
  });
  blocked.keep('drafts', OWN_ID, {});
  assert.equal(blocked.read('drafts', OWN_ID, 'empty'), 'empty');
});

test('deadlines are measured by the clock of the server', async () => {
  const { events, clock, connect } = storeEnvironment();
  await connect({ server_time: new Date(clock.now() + 90_000).toISOString() });
  assert.equal(events.serverNow() - clock.now(), 90_000);
  await clock.advance(1_000);
  assert.equal(events.serverNow() - clock.now(), 90_000);
});
