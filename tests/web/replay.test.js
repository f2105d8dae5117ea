// Replays of Pong, written here as the engine writes them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { loadEngine, rulesOf } from '../../gateway/web/games/pong/engine.js';
import { readReplay, ReplayPlayer } from '../../gateway/web/games/pong/replay.js';

const WASM = new URL('../../crates/pong-wasm/pong.wasm', import.meta.url);
const RULES = rulesOf({ game_speed: 'fast', score_to_win: 3, time_limit: 1, cool_mode: true });
const SEED = 0x0123_4567_89ab_cdefn;

globalThis.fetch = async () => new Response(readFileSync(WASM), { headers: { 'content-type': 'application/wasm' } });

/** Plays until a tick with inputs that change; returns the record and the view at that tick. */
async function recorded() {
  const engine = await loadEngine();
  engine.reset(RULES, SEED);
  const bytes = [...new TextEncoder().encode('PONG'), 2, 3, ...little(BigInt(RULES), 4), ...little(SEED, 8)];
  let keys = { left: 0, right: 0 };
  for (let tick = 0; tick < 120; tick += 1) {
    if (tick === 20) [keys] = [{ left: -1, right: 1 }, bytes.push(28 * 2 + 20)];
    if (tick === 95) [keys] = [{ left: 1, right: 0 }, bytes.push(252, 252, 28 * 7 + 19)];
    engine.step(keys);
  }
  bytes.push(253, 25, 0, 255, ...little(engine.hash(), 8));
  return { bytes: new Uint8Array(bytes), view: engine.view() };
}

const little = (number, length) => Array.from({ length }, (_, index) => Number((number >> BigInt(8 * index)) & 255n));

test('a record is read with the ticks of its inputs', async () => {
  const { bytes } = await recorded();
  const record = readReplay(bytes);
  assert.deepEqual(record.inputs, [
    { tick: 20, left: -1, right: 1 },
    { tick: 95, left: 1, right: 0 },
  ]);
  assert.deepEqual([record.rules, record.seed, record.ticks], [RULES, SEED, 120]);
});

test('a record leads to the same match, forward and back', async () => {
  const { bytes, view } = await recorded();
  const player = new ReplayPlayer(await loadEngine(), readReplay(bytes));
  assert.deepEqual(player.seek(500), view);
  assert.ok(player.isVerified);
  const middle = player.seek(60);
  assert.equal(middle.tick, 60);
  assert.ok(!player.isVerified);
  assert.deepEqual(player.seek(120), view);
});

test('other bytes are refused', () => {
  assert.throws(() => readReplay(new Uint8Array(40)));
  assert.throws(() => readReplay(new TextEncoder().encode('PONG')));
});
