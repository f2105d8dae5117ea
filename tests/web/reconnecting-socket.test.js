// Sockets that lose their connection, against a server in memory.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ApiError } from '../../gateway/web/api/client.js';
import { Connection } from '../../gateway/web/live/connection.js';
import { ReconnectingSocket } from '../../gateway/web/live/reconnecting-socket.js';
import { fakePage, fakeWebSockets } from './support/fake-socket.js';
import { ManualClock, settled } from './support/manual-clock.js';

const ABNORMAL = 1006;
const at = (seq, epoch = 1) => ({ seq, epoch });
const inStream = (stream, seq, epoch = 1) => ({ stream, seq, epoch });

/** A socket that has been started, with what it uses. */
async function setUp({ maxBackoff, random = () => 1 } = {}) {
  const [clock, page, WebSocket] = [new ManualClock(), fakePage(), fakeWebSockets()];
  const connection = new Connection({ clock, page });
  const tokens = { renewed: 0, error: null };
  const api = {
    async accessToken({ renewed }) {
      if (tokens.error) throw tokens.error;
      tokens.renewed += renewed ? 1 : 0;
      return `token${tokens.renewed}`;
    },
  };
  const environment = { api, clock, connection, page, random, WebSocket };
  const socket = new ReconnectingSocket('/ws/events/', { ...environment, ...(maxBackoff && { maxBackoff }) });
  const stop = new AbortController();
  socket.start(stop.signal);
  await settled();
  return { socket, WebSocket, clock, page, connection, tokens, stop };
}

/** What a socket dispatches, by name. */
function record(socket, ...names) {
  const seen = [];
  for (const name of names) socket.on(name, (data) => seen.push([name, data]));
  return seen;
}

const resumeOf = (WebSocket) => WebSocket.last.lastSent('resume')?.data.streams;

test('a socket opens with the token, and is open once the server has greeted it', async () => {
  const { socket, WebSocket } = await setUp();
  assert.equal(WebSocket.last.url, 'wss://courtside.example/ws/events/');
  assert.deepEqual(WebSocket.last.protocols, ['courtside.v1', 'bearer.token0']);
  assert.equal(socket.status.value, 'connecting');
  await WebSocket.last.greet({ 'user:1': at(4) });
  assert.equal(socket.status.value, 'open');
  assert.equal(WebSocket.last.lastSent('resume'), undefined);
});

test('after a lost connection its streams are resumed from the last event', async () => {
  const { socket, WebSocket, clock } = await setUp();
  await WebSocket.last.greet({ 'user:1': at(4), 'chat:7': at(9) });
  await WebSocket.last.receive('new_message', { id: 'a' }, inStream('chat:7', 10));
  await WebSocket.last.end(ABNORMAL);
  assert.equal(socket.status.value, 'waiting');
  await clock.advance(1_000);
  assert.match(WebSocket.last.url, /\?resume=true$/);
  await WebSocket.last.greet({ 'user:1': at(4), 'chat:7': at(12) });
  assert.deepEqual(resumeOf(WebSocket), { 'user:1': at(4), 'chat:7': at(10) });
});

test('missed events are marked as such until the server has sent them all', async () => {
  const { socket, WebSocket, clock } = await setUp();
  const seen = record(socket, 'new_message', 'caught_up', 'resync');
  await WebSocket.last.greet({ 'chat:7': at(9) });
  assert.equal(socket.catchingUp, false);
  await WebSocket.last.end(ABNORMAL);
  await clock.advance(1_000);
  await WebSocket.last.greet({ 'chat:7': at(10) });
  assert.equal(socket.catchingUp, true);
  await WebSocket.last.receive('new_message', { id: 'a' }, inStream('chat:7', 10));
  await WebSocket.last.answer('resume');
  assert.equal(socket.catchingUp, false);
  assert.deepEqual(
    seen.map(([name]) => name),
    ['new_message', 'caught_up'],
  );
});

test('an event that has arrived before is not dispatched again', async () => {
  const { socket, WebSocket } = await setUp();
  const seen = record(socket, 'new_message');
  await WebSocket.last.greet({ 'chat:7': at(9) });
  for (const seq of [9, 10, 10, 8, 11]) await WebSocket.last.receive('new_message', seq, inStream('chat:7', seq));
  assert.deepEqual(
    seen.map(([, seq]) => seq),
    [10, 11],
  );
});

test('a stream that begins anew counts from its own first event', async () => {
  const { socket, WebSocket } = await setUp();
  const seen = record(socket, 'new_message');
  await WebSocket.last.greet({ 'chat:7': at(9) });
  await WebSocket.last.receive('new_message', 'new', inStream('chat:7', 1, 2));
  assert.deepEqual(seen, [['new_message', 'new']]);
});

test('streams that cannot be resumed are reported, and their next events accepted', async () => {
  const { socket, WebSocket, clock } = await setUp();
  const seen = record(socket, 'new_message', 'resync');
  await WebSocket.last.greet({ 'chat:7': at(9) });
  await WebSocket.last.end(ABNORMAL);
  await clock.advance(1_000);
  await WebSocket.last.greet({ 'chat:7': at(3) });
  await WebSocket.last.receive('resync', { streams: ['chat:7'] });
  await WebSocket.last.receive('new_message', 'b', inStream('chat:7', 4));
  assert.deepEqual(seen, [
    ['resync', ['chat:7']],
    ['new_message', 'b'],
  ]);
});

test('streams that were added while disconnected are loaded again', async () => {
  const { socket, WebSocket, clock } = await setUp();
  const seen = record(socket, 'resync');
  await WebSocket.last.greet({ 'chat:7': at(9) });
  await WebSocket.last.end(ABNORMAL);
  await clock.advance(1_000);
  await WebSocket.last.greet({ 'chat:7': at(9), 'chat:8': at(1) });
  assert.deepEqual(seen, []);
  await WebSocket.last.answer('resume');
  assert.deepEqual(seen, [['resync', ['chat:8']]]);
});

test('a chat that is joined later is resumed as well', async () => {
  const { WebSocket, clock } = await setUp();
  await WebSocket.last.greet({ 'user:1': at(4) });
  await WebSocket.last.receive('chat_joined', { chat_id: '7', seq: 2, epoch: 1 });
  await WebSocket.last.end(ABNORMAL);
  await clock.advance(1_000);
  await WebSocket.last.greet({ 'user:1': at(4), 'chat:7': at(3) });
  assert.deepEqual(resumeOf(WebSocket), { 'user:1': at(4), 'chat:7': at(2) });
});

test('the pause doubles up to its limit, with jitter, and begins anew after a greeting', async () => {
  const { WebSocket, clock } = await setUp({ maxBackoff: 5_000, random: () => 0.5 });
  const pauses = [];
  const lose = async () => {
    await WebSocket.last.end(ABNORMAL);
    pauses.push(clock.pending[0]);
    await clock.advance(clock.pending[0]);
  };
  for (let attempt = 0; attempt < 5; attempt += 1) await lose();
  await WebSocket.last.greet();
  await lose();
  assert.deepEqual(pauses, [625, 1_250, 2_500, 3_125, 3_125, 625]);
});

test('a server that asks for patience gets it', async () => {
  const { WebSocket, clock } = await setUp({ random: () => 0 });
  await WebSocket.last.end(4429);
  assert.deepEqual(clock.pending, [30_250]);
});

test('a rejected token is renewed once; a second rejection is final', async () => {
  const { socket, WebSocket, tokens } = await setUp();
  await WebSocket.last.end(4401);
  assert.deepEqual([tokens.renewed, WebSocket.all.length], [1, 2]);
  assert.equal(WebSocket.last.protocols[1], 'bearer.token1');
  await WebSocket.last.end(4401, 'Not signed in.');
  assert.deepEqual([socket.status.value, socket.closeCode, socket.closeReason], ['stopped', 4401, 'Not signed in.']);
  assert.equal(WebSocket.all.length, 2);
});

test('a close for good is not followed by another attempt', async () => {
  for (const code of [1000, 4403, 4404, 4409, 4410]) {
    const { socket, WebSocket, clock } = await setUp();
    await WebSocket.last.end(code);
    await clock.advance(120_000);
    assert.deepEqual([socket.status.value, WebSocket.all.length], ['stopped', 1], String(code));
  }
});

test('without a session nothing is tried again; without a server it is', async () => {
  const { socket, WebSocket, tokens, clock } = await setUp();
  tokens.error = new ApiError(0, 'The server is unreachable.', { code: 'offline' });
  await WebSocket.last.end(ABNORMAL);
  await clock.advance(1_000);
  assert.equal(socket.status.value, 'waiting');
  tokens.error = new ApiError(401, 'The session has ended.', { code: 'auth.session_ended' });
  await clock.advance(20_000);
  assert.deepEqual([socket.status.value, clock.pending], ['connecting', []]);
});

test('a socket that never greets is replaced', async () => {
  const { WebSocket, clock } = await setUp();
  WebSocket.last.readyState = 1;
  await clock.advance(8_000);
  assert.equal(WebSocket.all[0].readyState, 3);
  await clock.advance(1_000);
  assert.equal(WebSocket.all.length, 2);
});

test('a connection that went silent is found by a ping, and replaced', async () => {
  const { socket, WebSocket, clock } = await setUp();
  await WebSocket.last.greet();
  await WebSocket.last.answer('ping');
  await clock.advance(25_000);
  assert.equal(WebSocket.last.sent.filter(({ action }) => action === 'ping').length, 2);
  await clock.advance(15_000);
  assert.equal(socket.status.value, 'waiting');
});

test('a socket that was replaced has no say', async () => {
  const { socket, WebSocket, clock } = await setUp();
  const seen = record(socket, 'new_message');
  await WebSocket.last.greet();
  const [old] = WebSocket.all;
  socket.reconnect();
  await clock.advance(1_000);
  await WebSocket.last.greet();
  await old.receive('new_message', 'late');
  await old.end(4403);
  assert.deepEqual([socket.status.value, seen], ['open', []]);
});

test('the return of the network or the server ends the pause', async () => {
  const { WebSocket, page, connection } = await setUp();
  await WebSocket.last.end(ABNORMAL);
  page.dispatchEvent(new Event('online'));
  await settled();
  assert.equal(WebSocket.all.length, 2);
  await WebSocket.last.end(ABNORMAL);
  connection.reportRestored();
  await settled();
  assert.equal(WebSocket.all.length, 3);
});

test('a hidden page neither keeps its socket when it is left nor wakes it', async () => {
  const { socket, WebSocket, page } = await setUp();
  await WebSocket.last.greet();
  page.dispatchEvent(new Event('pagehide'));
  assert.deepEqual([socket.status.value, WebSocket.last.readyState], ['waiting', 3]);
  page.document.visibilityState = 'hidden';
  page.dispatchEvent(new Event('visibilitychange'));
  await settled();
  assert.equal(WebSocket.all.length, 1);
  page.document.visibilityState = 'visible';
  page.dispatchEvent(new Event('pageshow'));
  await settled();
  assert.equal(WebSocket.all.length, 2);
});

test('a request resolves with its ack and rejects with the error of the server', async () => {
  const { socket, WebSocket } = await setUp();
  await WebSocket.last.greet();
  const accepted = socket.request('read_message', { id: 'a' });
  const refused = assert.rejects(socket.request('add_new_friend', { username: 'ada' }), {
    code: 'social.blocked',
    message: 'No.',
    retryAfter: 3,
  });
  await WebSocket.last.answer('add_new_friend', { code: 'social.blocked', message: 'No.', retry_after: 3 });
  await WebSocket.last.answer('read_message');
  assert.ok((await accepted).cid);
  await refused;
});

test('a request fails as offline: without a connection, when it is lost, or without a reply', async () => {
  const { socket, WebSocket, clock } = await setUp();
  await assert.rejects(socket.request('read_message', { id: 'a' }), { code: 'offline' });
  await WebSocket.last.greet();
  const lost = assert.rejects(socket.request('read_message', { id: 'a' }), { code: 'offline' });
  await WebSocket.last.end(ABNORMAL);
  await lost;
  await clock.advance(1_000);
  await WebSocket.last.greet();
  await WebSocket.last.answer('ping');
  const ignored = assert.rejects(socket.request('read_message', { id: 'a' }), { code: 'offline' });
  await clock.advance(15_000);
  await ignored;
});

test('an abort ends the socket, and leaves no timer behind', async () => {
  const { socket, WebSocket, clock, page, stop } = await setUp();
  await WebSocket.last.greet({ 'user:1': at(4) });
  stop.abort();
  assert.deepEqual([socket.status.value, WebSocket.last.readyState, clock.pending], ['off', 3, []]);
  page.dispatchEvent(new Event('online'));
  await settled();
  assert.equal(WebSocket.all.length, 1);
  socket.start(AbortSignal.abort());
  assert.equal(socket.status.value, 'off');
});

test('a token that comes after the end opens nothing', async () => {
  const { WebSocket, socket, clock } = await setUp();
  await WebSocket.last.end(ABNORMAL);
  const moved = clock.advance(1_000);
  socket.stop();
  await moved;
  assert.equal(WebSocket.all.length, 1);
});

test('binary frames are dispatched whole', async () => {
  const { socket, WebSocket } = await setUp();
  const seen = record(socket, 'binary');
  await WebSocket.last.greet();
  await WebSocket.last.receiveRaw(new Uint8Array([1, 2]).buffer);
  assert.deepEqual(seen, [['binary', new Uint8Array([1, 2]).buffer]]);
});

test('a listener hears events until its signal fires', async () => {
  const { socket } = await setUp();
  const seen = [];
  const controller = new AbortController();
  socket.on('typing', (data) => seen.push(data), controller.signal);
  socket.on('typing', () => assert.fail('has ended'), AbortSignal.abort());
  socket.dispatch('typing', 1);
  controller.abort();
  socket.dispatch('typing', 2);
  assert.deepEqual(seen, [1]);
});
