// @ts-check
// Recorded matches, which the engine plays again. The format is documented in `pong-engine`'s `replay`.

const HEADER_BYTES = 18;
const REACH = 28;
const [WAIT, SKIP, CHECK, END] = /** @type {const} */ ([252, 253, 254, 255]);
/** The lengths of operations that are no inputs. */
/** @type {Map<number, number>} */
const LENGTHS = new Map([
  [WAIT, 1],
  [SKIP, 3],
  [CHECK, 5],
  [END, 9],
]);

/**
 * @import { PongEngine } from './engine.js'
 * @import { Keys } from './field.js'
 */
/**
 * @typedef {object} Recording
 * @property {number} rules
 * @property {bigint} seed
 * @property {(Keys & { tick: number })[]} inputs
 * @property {number} ticks
 * @property {bigint | null} hash Of the end.
 */

/**
 * Reads a record. Throws for other bytes.
 * @param {Uint8Array} bytes
 */
export function readReplay(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== 'PONG') throw new Error('not a replay');
  /** @type {Recording} */
  const record = { rules: view.getUint32(6, true), seed: view.getBigInt64(10, true), inputs: [], ticks: 0, hash: null };
  let at = HEADER_BYTES;
  while (record.hash === null) at += readOperation(record, view, at);
  return record;
}

/**
 * Reads an operation; returns its length. `ticks` is the cursor that it moves.
 * @param {Recording} record
 * @param {DataView} view
 * @param {number} at
 */
function readOperation(record, view, at) {
  const code = view.getUint8(at);
  if (code < WAIT) {
    record.ticks += code % REACH;
    const pair = Math.floor(code / REACH);
    record.inputs.push({ tick: record.ticks, left: Math.floor(pair / 3) - 1, right: (pair % 3) - 1 });
    return 1;
  }
  if (code === WAIT) record.ticks += REACH;
  else if (code === SKIP) record.ticks += view.getUint16(at + 1, true);
  else if (code === END) record.hash = view.getBigUint64(at + 1, true);
  return LENGTHS.get(code) ?? 1;
}

/** Plays a record with an engine, forward by ticks and, from the beginning, to any tick. */
export class ReplayPlayer {
  #engine;
  #record;
  #next = 0;
  /** @type {Keys} */
  #keys = { left: 0, right: 0 };
  /** The tick that is shown. */
  tick = 0;

  /**
   * @param {PongEngine} engine
   * @param {Recording} record
   */
  constructor(engine, record) {
    this.#engine = engine;
    this.#record = record;
    this.#restart();
  }

  /** How many ticks the match has. */
  get ticks() {
    return this.#record.ticks;
  }

  /** Whether the end has been reached and is the recorded one. */
  get isVerified() {
    return this.tick === this.ticks && this.#engine.hash() === this.#record.hash;
  }

  /**
   * Shows a tick.
   * @param {number} tick
   */
  seek(tick) {
    if (tick < this.tick) this.#restart();
    while (this.tick < Math.min(tick, this.ticks)) this.#step();
    return this.#engine.view();
  }

  #restart() {
    this.#engine.reset(this.#record.rules, this.#record.seed);
    [this.tick, this.#next, this.#keys] = [0, 0, { left: 0, right: 0 }];
  }

  #step() {
    const { inputs } = this.#record;
    for (let input = inputs[this.#next]; input && input.tick <= this.tick; input = inputs[this.#next]) {
      this.#keys = input;
      this.#next += 1;
    }
    this.#engine.step(this.#keys);
    this.tick += 1;
  }
}
