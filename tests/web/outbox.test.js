// Messages that are sent until the server has them.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ApiError } from '../../gateway/web/api/client.js';
import { Outbox } from '../../gateway/web/live/outbox.js';
import { settled } from './support/manual-clock.js';
import { deferred, offline, storeEnvironment } from './support/store-environment.js';

const ROUTE = 'POST /chats/rooms/7/messages/';
const stored = (body) => ({ ...body, id: `id-${body.content}`, chat_id: '7', seq: 1 });

function setUp(answer = stored) {
  const environment = storeEnvironment();
  environment.api.on(ROUTE, answer);
  const outbox = new Outbox(environment);
  outbox.start();
  const sent = () => environment.api.callsOf(ROUTE).map(({ content }) => content);
  const waiting = () => outbox.unsent.value.map(({ content, status }) => `${content} ${status}`);
  return { ...environment, outbox, sent, waiting };
}

test('a message is sent once, and confirmed to the chat as if it had arrived', async () => {
  const { outbox, events, sent, waiting } = setUp();
  const arrived = [];
  events.on('new_message', ({ content }) => arrived.push(content));
  outbox.post('7', 'hello', 'reply-id');
  assert.deepEqual(waiting(), ['hello waiting']);
  await settled();
  assert.deepEqual([sent(), arrived, waiting()], [['hello'], ['hello'], []]);
});

test('messages of a chat are sent one after the other, in the order written', async () => {
  const answers = [deferred(), deferred()];
  const { outbox, sent } = setUp((body) => answers[body.content === 'a' ? 0 : 1].promise.then(() => stored(body)));
  outbox.post('7', 'a');
  outbox.post('7', 'b');
  await settled();
  assert.deepEqual(sent(), ['a']);
  answers[0].resolve();
  await settled();
  assert.deepEqual(sent(), ['a', 'b']);
  answers[1].resolve();
});

test('a lost response does not make two messages: the same client id is sent again', async () => {
  let attempts = 0;
  const { outbox, api, clock, waiting } = setUp((body) => {
    attempts += 1;
    if (attempts === 1) throw offline();
    return stored(body);
  });
  outbox.post('7', 'hello');
  await clock.advance(2_000);
  const [first, second, ...others] = api.callsOf(ROUTE);
  assert.equal(first.client_id, second.client_id);
  assert.deepEqual([others, waiting()], [[], []]);
});

test('an event that confirms a message ends its sending', async () => {
  const answer = deferred();
  const { outbox, connect, api, sent, clock, waiting } = setUp(() => answer.promise);
  const server = await connect();
  outbox.post('7', 'hello');
  await settled();
  const [{ client_id }] = api.callsOf(ROUTE);
  await server.receive('new_message', { ...stored({ content: 'hello' }), client_id, sender: {} });
  assert.deepEqual(waiting(), []);
  answer.reject(offline());
  await clock.advance(60_000);
  assert.deepEqual(sent(), ['hello']);
});

test('the pause grows to five seconds, and ends when the server is back', async () => {
  let isBack = false;
  const { outbox, clock, connection, sent } = setUp((body) => {
    if (!isBack) throw offline();
    return stored(body);
  });
  outbox.post('7', 'hello');
  const pauses = [];
  for (let attempt = 0; attempt < 4; attempt += 1) {
    await settled();
    pauses.push(clock.pending[0]);
    await clock.advance(clock.pending[0]);
  }
  assert.deepEqual(pauses, [2_000, 4_000, 5_000, 5_000]);
  isBack = true;
  connection.reportRestored();
  await settled();
  assert.equal(sent().length, 6);
  assert.deepEqual(outbox.unsent.value, []);
});

test('a server that names a time is not asked earlier', async () => {
  const { outbox, clock } = setUp(() => {
    throw new ApiError(429, 'Slow down.', { code: 'too_many_requests' }, 9);
  });
  outbox.post('7', 'hello');
  await settled();
  assert.deepEqual(clock.pending, [9_000]);
});

test('a delivery after failures reports that the server is back', async () => {
  let attempts = 0;
  const { outbox, clock, connection } = setUp((body) => {
    attempts += 1;
    if (attempts === 1) throw new ApiError(503, 'Unavailable.', { code: 'unavailable' });
    return stored(body);
  });
  let restored = 0;
  connection.onRestored(() => (restored += 1));
  outbox.post('7', 'hello');
  await clock.advance(2_000);
  assert.equal(restored, 1);
});

test('a refused message says why, holds up no other, and can be sent again or discarded', async () => {
  let isRefused = true;
  const { outbox, sent, waiting } = setUp((body) => {
    if (isRefused && body.content === 'bad')
      throw new ApiError(403, 'You are not friends.', { code: 'chat.not_friends' });
    return stored(body);
  });
  outbox.post('7', 'bad');
  outbox.post('7', 'good');
  await settled();
  assert.deepEqual([sent(), waiting()], [['bad', 'good'], ['bad failed']]);
  const [message] = outbox.unsent.value;
  assert.equal(message.error, 'You are not friends.');
  isRefused = false;
  outbox.retry(message);
  await settled();
  assert.deepEqual([sent(), waiting()], [['bad', 'good', 'bad'], []]);
});

test('what was not sent survives a reload and the end of the session, for its own user', async () => {
  const { outbox, written, session, api, clock, connection, events } = setUp(() => {
    throw new ApiError(401, 'The session has ended.', { code: 'auth.session_ended' });
  });
  outbox.post('7', 'hello');
  await settled();
  outbox.reset();
  assert.deepEqual([outbox.unsent.value, clock.pending], [[], []]);
  const another = new Outbox({ api, clock, connection, events, written, session: { ownProfile: { id: 'other' } } });
  another.start();
  assert.deepEqual(another.unsent.value, []);
  api.on(ROUTE, stored);
  const again = new Outbox({ api, clock, connection, events, written, session });
  again.start();
  await settled();
  assert.deepEqual(
    api.callsOf(ROUTE).map(({ content }) => content),
    ['hello', 'hello'],
  );
  assert.equal(written.read('unsent', session.profile.id, 'none'), 'none');
});

test('a session that ends during a delivery leaves the message for the next one', async () => {
  const answer = deferred();
  const { outbox, session, written } = setUp(() => answer.promise);
  outbox.post('7', 'hello');
  await settled();
  outbox.reset();
  answer.reject(new ApiError(403, 'No.', { code: 'chat.not_friends' }));
  await settled();
  assert.deepEqual(
    written.read('unsent', session.profile.id, []).map(({ content, status }) => [content, status]),
    [['hello', 'waiting']],
  );
});
