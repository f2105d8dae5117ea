// Recorded matches, which the engine plays again. The format is documented in `pong-engine`'s `replay`.

const HEADER_BYTES = 18;
const REACH = 28;
const [WAIT, SKIP, CHECK, END] = [252, 253, 254, 255];

/** Reads a record: `{ rules, seed, inputs: [{ tick, left, right }], ticks, hash }`. Throws for other bytes. */
export function readReplay(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== 'PONG') throw new Error('not a replay');
  const record = { rules: view.getUint32(6, true), seed: view.getBigInt64(10, true), inputs: [], ticks: 0, hash: null };
  let at = HEADER_BYTES;
  while (record.hash === null) at += readOperation(record, view, at);
  return record;
}

/** Reads an operation; returns its length. `ticks` is the cursor that it moves. */
function readOperation(record, view, at) {
  const code = view.getUint8(at);
  if (code < WAIT) {
    record.ticks += code % REACH;
    const pair = Math.floor(code / REACH);
    record.inputs.push({ tick: record.ticks, left: Math.floor(pair / 3) - 1, right: pair % 3 - 1 });
    return 1;
  }
  if (code === WAIT) record.ticks += REACH;
  else if (code === SKIP) record.ticks += view.getUint16(at + 1, true);
  else if (code === END) record.hash = view.getBigUint64(at + 1, true);
  return { [WAIT]: 1, [SKIP]: 3, [CHECK]: 5, [END]: 9 }[code];
}

/** Plays a record with an engine, forward by ticks and, from the beginning, to any tick. */
export class ReplayPlayer {
  #engine;
  #record;
  #next = 0;
  #keys;
  /** The tick that is shown. */
  tick = 0;

  constructor(engine, record) {
    [this.#engine, this.#record] = [engine, record];
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

  /** Shows a tick. */
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
    for (; this.#next < inputs.length && inputs[this.#next].tick <= this.tick; this.#next += 1) this.#keys = inputs[this.#next];
    this.#engine.step(this.#keys);
    this.tick += 1;
  }
}
