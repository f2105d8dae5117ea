// @ts-check
// The engine of the server, as WebAssembly: it predicts what the server will say, and plays without one.
// `crates/pong-wasm/README.md` describes its functions.

const FILE = new URL('./pong.wasm', import.meta.url);
/**
 * @import { PongEffectKind, PongOptions } from '../../api/types.js'
 * @import { Keys, Side, View } from './field.js'
 */
/** @typedef {Engine} PongEngine */
/** @typedef {Pick<PongOptions, 'game_speed' | 'score_to_win' | 'time_limit' | 'cool_mode'>} Rules */
/**
 * @typedef {object} EngineFunctions
 * @property {WebAssembly.Memory} memory
 * @property {() => number} buffer
 * @property {(rules: number, seed: bigint) => void} reset
 * @property {(side: number, skill: number, reaction: number, accuracy: number, seed: bigint) => void} set_bot
 * @property {(level: number) => number} level_skill
 * @property {(rules: number) => number} predict
 * @property {(keys: number) => void} step
 * @property {() => bigint} hash
 * @property {() => void} view
 */

const SPEEDS = ['slow', 'medium', 'fast'];
/** @type {(PongEffectKind | null)[]} */
const EFFECTS = [null, 'reverse', 'slow', 'shorten', 'lengthen', 'thicken'];
/** @type {Side[]} */
const SIDES = ['left', 'right'];
const VIEW_NUMBERS = 24;
/** The length of a public state. */
export const STATE_BYTES = 24;

/** @type {Promise<WebAssembly.Module> | null} */
let compiled = null;
let isOutdated = false;

/** A new engine; null where the browser or the network gives none, or the server has another one. */
export async function loadEngine() {
  if (isOutdated) return null;
  try {
    compiled ??= WebAssembly.compileStreaming(fetch(FILE));
    const { exports } = await WebAssembly.instantiate(await compiled);
    return new Engine(/** @type {EngineFunctions} */ (/** @type {unknown} */ (exports)));
  } catch {
    compiled = null;
    return null;
  }
}

/** Notes that the server has another engine than this page, until it is reloaded. */
export function noteOutdatedEngine() {
  isOutdated = true;
}

/**
 * Two directions as the engine takes them.
 * @param {Keys} keys
 */
const keysOf = ({ left, right }) => (left + 1) | ((right + 1) << 2);

/**
 * The options of a match as the engine takes them.
 * @param {Rules} rules
 */
export function rulesOf({ game_speed: speed, score_to_win: score, time_limit: minutes, cool_mode: cool }) {
  return SPEEDS.indexOf(speed) | (score << 8) | (minutes << 16) | (Number(cool) << 24);
}

class Engine {
  #functions;
  #bytes;
  #numbers;

  /** @param {EngineFunctions} functions */
  constructor(functions) {
    const address = functions.buffer();
    this.#functions = functions;
    this.#bytes = new Uint8Array(functions.memory.buffer, address, STATE_BYTES);
    this.#numbers = new Int16Array(functions.memory.buffer, address, VIEW_NUMBERS);
  }

  /**
   * Begins a match.
   * @param {number} rules
   * @param {bigint} seed
   */
  reset(rules, seed) {
    this.#functions.reset(rules, seed);
  }

  /**
   * Lets a bot of this skill play a side.
   * @param {Side} side
   * @param {number} skill
   * @param {bigint} seed
   */
  setBot(side, skill, seed) {
    this.#functions.set_bot(SIDES.indexOf(side), skill, -1, -1, seed);
  }

  /**
   * The skill of a level.
   * @param {number} number From 1.
   */
  levelSkill(number) {
    return this.#functions.level_skill(number);
  }

  /**
   * Goes on from a public state; false if it is none of this engine.
   * @param {number} rules
   * @param {Uint8Array} state
   */
  predict(rules, state) {
    this.#bytes.set(state);
    return this.#functions.predict(rules) === 1;
  }

  /**
   * Plays a tick with the directions of both sides.
   * @param {Keys} keys
   */
  step(keys) {
    this.#functions.step(keysOf(keys));
  }

  /** The hash of the whole state. */
  hash() {
    return BigInt.asUintN(64, this.#functions.hash());
  }

  /**
   * What is drawn.
   * @returns {View}
   */
  view() {
    this.#functions.view();
    const n = (/** @type {number} */ index) => this.#numbers[index] ?? 0;
    return {
      tick: n(23),
      ball: { x: n(0), y: n(1) },
      paddles: {
        left: { y: n(4), v: 0, half: n(6), thickness: n(8) },
        right: { y: n(5), v: 0, half: n(7), thickness: n(9) },
      },
      score: [n(13), n(14)],
      serveIn: n(15),
      receiver: sideAt(n(16)),
      rally: n(17),
      hasEnded: n(18) !== 0,
      effect: effectAt(n(20), n(21)),
      coin: n(10) ? { x: n(11), y: n(12) } : null,
    };
  }
}

const sideAt = (/** @type {number} */ index) => SIDES[index] ?? 'left';

/**
 * @param {number} kind
 * @param {number} owner
 */
function effectAt(kind, owner) {
  const name = EFFECTS[kind];
  return name ? { kind: name, owner: sideAt(owner) } : null;
}
