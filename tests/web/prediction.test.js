// Prediction of Pong against the same engine as a server, with a delay between them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { loadEngine, rulesOf } from '../../gateway/web/games/pong/engine.js';
import { Interpolation } from '../../gateway/web/games/pong/interpolation.js';
import { Prediction } from '../../gateway/web/games/pong/prediction.js';

const WASM = new URL('../../crates/pong-wasm/pong.wasm', import.meta.url);
const OPTIONS = { game_speed: 'medium', score_to_win: 5, time_limit: 5, cool_mode: false };
const TICK_MS = 1000 / 60;
const HEADER_BYTES = 10;

globalThis.fetch = async () => new Response(readFileSync(WASM), { headers: { 'content-type': 'application/wasm' } });

/** A server: the engine behind a delay, which applies inputs in their tick or, late, at once. */
async function startServer(delay) {
  const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(readFileSync(WASM)));
  exports.reset(rulesOf(OPTIONS), 7n);
  const [down, up] = [[], []];
  const server = { tick: 0, keys: [0, 0], seq: 0, lead: 0, late: 0 };
  const paddles = [];
  const frame = () => {
    exports.state();
    const bytes = new Uint8Array(HEADER_BYTES + 28);
    const view = new DataView(bytes.buffer);
    bytes[0] = 1;
    bytes[1] = (server.keys[0] + 1) | ((server.keys[1] + 1) << 2);
    view.setUint16(2, server.seq, true);
    view.setInt8(4, server.lead);
    view.setUint32(6, Math.round(server.tick * TICK_MS), true);
    bytes.set(new Uint8Array(exports.memory.buffer, exports.buffer(), 24), HEADER_BYTES);
    return bytes.buffer;
  };
  const step = (now) => {
    server.tick += 1;
    for (const input of up.filter(({ at }) => at <= now)) receive(input);
    exports.step((server.keys[0] + 1) | ((server.keys[1] + 1) << 2));
    exports.view();
    paddles[server.tick] = new Int16Array(exports.memory.buffer, exports.buffer(), 24)[4];
    if (server.tick % 6 === 0) down.push({ at: now + delay, frame: frame() });
  };
  function receive(input) {
    input.early ??= input.tick - server.tick;
    if (input.tick > server.tick) return;
    up.splice(up.indexOf(input), 1);
    server.late += input.early < 0 ? 1 : 0;
    [server.keys[0], server.seq, server.lead] = [input.direction, input.seq, Math.max(-100, input.early)];
  }
  return {
    server,
    step,
    paddles,
    take: (now) => down.splice(0, down.findLastIndex(({ at }) => at <= now) + 1),
    send: (input, now) => up.push({ ...input, at: now + delay }),
  };
}

/** Plays for some seconds; returns how far the own paddle was drawn from where it then was. */
async function play(delay) {
  const { server, step, paddles, take, send } = await startServer(delay);
  const prediction = new Prediction(await loadEngine(), OPTIONS);
  const drawn = [];
  let [seq, direction] = [0, 0];
  for (let tick = 1; tick < 900; tick += 1) {
    const now = tick * TICK_MS;
    step(now);
    for (const { frame } of take(now)) prediction.take(frame, now);
    const view = prediction.view(now);
    if (!view) continue;
    const next = [-1, 0, 1, 0][Math.floor(tick / 25) % 4];
    if (next !== direction || tick % 30 === 0) {
      direction = next;
      seq += 1;
      send({ seq, direction, tick: prediction.steer({ seq, seat: 'first', direction, now }) }, now);
    }
    if (tick > 300) drawn.push({ tick: view.tick, y: view.paddles.left.y });
  }
  const errors = drawn
    .filter(({ tick }) => paddles[tick] !== undefined)
    .map(({ tick, y }) => Math.min(Math.abs(paddles[tick] - y), Math.abs(paddles[tick - 1] - y)));
  return { errors, late: server.late };
}

for (const delay of [0, 30, 80]) {
  test(`the own paddle is where it will be at a delay of ${delay} ms`, async () => {
    const { errors, late } = await play(delay);
    assert.ok(errors.length > 300, `${errors.length} views`);
    const exact = errors.filter((error) => error < 300).length / errors.length;
    assert.ok(exact > 0.95, `${exact} exact, ${late} late`);
  });
}

test('interpolation shows a view between two frames', () => {
  const state = (tick, x) => ({
    tick,
    server_time: new Date(tick * TICK_MS).toISOString(),
    frozen: false,
    ball: { x, y: 0 },
    score: { left: 0, right: 0 },
    half_lengths: { left: 1_600, right: 1_600 },
    thickness: { left: 400, right: 400 },
    paddles: { left: { y: 0, v: 0 }, right: { y: 0, v: 0 } },
  });
  const interpolation = new Interpolation();
  for (let tick = 1; tick <= 60; tick += 1) interpolation.take(state(tick, tick * 100), tick * TICK_MS + 40);
  const { ball } = interpolation.view(60 * TICK_MS + 48);
  assert.ok(ball.x > 5_600 && ball.x < 6_000, `${ball.x}`);
});
