// The engine of the server, as WebAssembly: it predicts what the server will say, and plays without one.
// `crates/pong-wasm/README.md` describes its functions.

const FILE = '/games/pong/pong.wasm';
const SPEEDS = ['slow', 'medium', 'fast'];
const EFFECTS = [null, 'reverse', 'slow', 'shorten', 'lengthen', 'thicken'];
const SIDES = ['left', 'right'];
const VIEW_NUMBERS = 24;
/** The length of a public state. */
export const STATE_BYTES = 24;

let compiled = null;
let isOutdated = false;

/** A new engine; null where the browser or the network gives none, or the server has another one. */
export async function loadEngine() {
  if (isOutdated) return null;
  try {
    compiled ??= WebAssembly.compileStreaming(fetch(FILE));
    return new Engine((await WebAssembly.instantiate(await compiled)).exports);
  } catch {
    compiled = null;
    return null;
  }
}

/** Notes that the server has another engine than this page, until it is reloaded. */
export function noteOutdatedEngine() {
  isOutdated = true;
}

/** Two directions (-1, 0 or 1) as the engine takes them. */
const keysOf = ({ left, right }) => (left + 1) | ((right + 1) << 2);

/** The options of a match as the engine takes them. */
export function rulesOf({ game_speed: speed, score_to_win: score, time_limit: minutes, cool_mode: cool }) {
  return SPEEDS.indexOf(speed) | (score << 8) | (minutes << 16) | (Number(cool) << 24);
}

class Engine {
  #functions;
  #bytes;
  #numbers;

  constructor(functions) {
    const address = functions.buffer();
    this.#functions = functions;
    this.#bytes = new Uint8Array(functions.memory.buffer, address, STATE_BYTES);
    this.#numbers = new Int16Array(functions.memory.buffer, address, VIEW_NUMBERS);
  }

  /** Begins a match. */
  reset(rules, seed) {
    this.#functions.reset(rules, seed);
  }

  /** Lets a bot of this skill play a side. */
  setBot(side, skill, seed) {
    this.#functions.set_bot(SIDES.indexOf(side), skill, -1, -1, seed);
  }

  /** The skill of a level, from 1. */
  levelSkill(number) {
    return this.#functions.level_skill(number);
  }

  /** Goes on from a public state. */
  predict(rules, state) {
    this.#bytes.set(state);
    return this.#functions.predict(rules) === 1;
  }

  /** Plays a tick with the directions of both sides. */
  step(keys) {
    this.#functions.step(keysOf(keys));
  }

  /** The hash of the whole state. */
  hash() {
    return BigInt.asUintN(64, this.#functions.hash());
  }

  /** What is drawn. */
  view() {
    this.#functions.view();
    const n = this.#numbers;
    return {
      tick: n[23],
      ball: { x: n[0], y: n[1] },
      paddles: {
        left: { y: n[4], v: 0, half: n[6], thickness: n[8] },
        right: { y: n[5], v: 0, half: n[7], thickness: n[9] },
      },
      score: [n[13], n[14]],
      serveIn: n[15],
      receiver: SIDES[n[16]],
      rally: n[17],
      hasEnded: n[18] !== 0,
      effect: n[20] ? { kind: EFFECTS[n[20]], owner: SIDES[n[21]] } : null,
      coin: n[10] ? { x: n[11], y: n[12] } : null,
    };
  }
}
