// @ts-check
// Shows the match as it will be when the local player's inputs reach the server: the engine plays on
// from the last frame, with the player's own inputs and the opponent's last keys.

import { blend } from './blend.js';
import { rulesOf } from './engine.js';
import { sideOf, TICK_MS, toView } from './field.js';
import { readFrame } from './frame.js';
import { ServerClock } from './server-clock.js';

/**
 * @import { SeatName } from '../../api/types.js'
 * @import { PongEngine, Rules } from './engine.js'
 * @import { Point, Side, StateFrame, View } from './field.js'
 * @import { CompactFrame } from './frame.js'
 */
/** @typedef {{ seq: number, side: Side, direction: number, tick: number }} Input */
/** @typedef {{ at: number, ball: Point, left: number, right: number }} PredictionError */

/** How early inputs should reach the server, in ticks. */
const MIN_LEAD = 1;
const MAX_LEAD = 3;
/** How far the picture may be ahead of the last frame, in ticks. */
const MAX_AHEAD = 20;
const MAX_STEPS = 60;
/** How long a difference between prediction and truth takes to fade, in milliseconds. */
const FADE = 80;
/** A larger difference is no error of prediction but another point. */
const MAX_FADED = 3_000;
const MAX_INPUTS = 120;

export class Prediction {
  /** Whether the engine does not understand the server's states. */
  isOutdated = false;
  #engine;
  #rules;
  #clock = new ServerClock();
  /** The last frame.
   * @type {CompactFrame | null} */
  #base = null;
  /** What is drawn before the first frame.
   * @type {View | null} */
  #initial = null;
  /** Own inputs.
   * @type {Input[]} */
  #inputs = [];
  /** How far ahead of what frames show the picture is, in ticks. */
  #ahead = 2;
  /** What is added to the positions.
   * @type {PredictionError | null} */
  #error = null;

  /**
   * @param {PongEngine} engine
   * @param {Rules} options
   */
  constructor(engine, options) {
    this.#engine = engine;
    this.#rules = rulesOf(options);
  }

  /**
   * Takes a frame: the JSON state of `joined`, or a compact one.
   * @param {StateFrame | ArrayBuffer} frame
   * @param {number} now
   */
  take(frame, now) {
    if (!(frame instanceof ArrayBuffer)) {
      [this.#initial, this.#base, this.#error] = [toView(frame), null, null];
      return frame;
    }
    const next = readFrame(frame);
    if (!next || (this.#base && next.elapsed < this.#base.elapsed)) return null;
    this.isOutdated = !this.#engine.predict(this.#rules, next.state);
    if (this.isOutdated) return null;
    const before = this.#base && this.view(now);
    this.#clock.sample(next.elapsed, now);
    this.#steerClock(next);
    this.#base = next;
    this.#inputs = this.#inputs.filter(({ seq, tick }) => tick > next.tick || isAfter(seq, next.seq));
    this.#noteError(next, before, now);
    return next;
  }

  /**
   * The view to draw now; null before the first frame.
   * @param {number} now
   */
  view(now) {
    if (!this.#base) return this.#initial;
    const view = this.#predicted(this.#base, now);
    const share = this.#error ? Math.max(0, 1 - (now - this.#error.at) / FADE) : 0;
    if (!this.#error || !share) return view;
    const { ball, left, right } = this.#error;
    return {
      ...view,
      ball: { x: view.ball.x + ball.x * share, y: view.ball.y + ball.y * share },
      paddles: {
        left: { ...view.paddles.left, y: view.paddles.left.y + left * share },
        right: { ...view.paddles.right, y: view.paddles.right.y + right * share },
      },
    };
  }

  /**
   * Notes an own input. Returns the tick in which it has its effect here.
   * @param {{ seq: number, seat: SeatName, direction: number, now: number }} input
   */
  steer({ seq, seat, direction, now }) {
    const last = this.#inputs.at(-1)?.tick ?? 0;
    const tick = Math.max(last, Math.floor(this.#tickAt(now)) + 1);
    this.#inputs.push({ seq, side: sideOf(seat), direction, tick });
    if (this.#inputs.length > MAX_INPUTS) this.#inputs.shift();
    return tick;
  }

  /**
   * The tick to show, with its fraction.
   * @param {number} now
   */
  #tickAt(now) {
    if (!this.#base) return 0;
    const { tick, frozen, elapsed } = this.#base;
    if (frozen) return tick;
    const passed = ((this.#clock.at(now) ?? elapsed) - elapsed) / TICK_MS;
    return tick + Math.max(0, Math.min(MAX_STEPS, passed + this.#ahead));
  }

  /**
   * Inputs that come late move the picture ahead at once; it moves back slowly.
   * @param {CompactFrame} frame
   */
  #steerClock({ lead, seq, frozen }) {
    if (frozen || seq === this.#base?.seq || !seq) return;
    if (lead < MIN_LEAD) this.#ahead = Math.min(MAX_AHEAD, this.#ahead + Math.max(0.5, (MIN_LEAD - lead) / 2));
    else if (lead > MAX_LEAD) this.#ahead = Math.max(0, this.#ahead - 0.25);
  }

  /**
   * @param {CompactFrame} base
   * @param {number} now
   */
  #predicted(base, now) {
    const at = this.#tickAt(now);
    const whole = Math.floor(at);
    const [from, to] = this.#play(base, whole);
    return blend(from, to, at - whole);
  }

  /**
   * Plays from the last frame to a tick and one further; returns both views.
   * @param {CompactFrame} base
   * @param {number} tick
   * @returns {[View, View]}
   */
  #play(base, tick) {
    const { keys, state, frozen, tick: first } = base;
    this.#engine.predict(this.#rules, state);
    const serveIn = this.#engine.view().serveIn ?? 0;
    const current = { ...keys };
    // Inputs are in the order of their ticks. Those that the server has not seen yet count from now on.
    let next = 0;
    const step = (/** @type {number} */ at) => {
      for (let input = this.#inputs[next]; input && input.tick <= at; input = this.#inputs[next]) {
        current[input.side] = input.direction;
        next += 1;
      }
      this.#engine.step(current);
    };
    for (let at = first + 1; at <= tick; at += 1) step(at);
    const from = this.#view(frozen, serveIn, tick - first);
    if (frozen) return [from, from];
    step(tick + 1);
    const to = this.#view(frozen, serveIn, tick + 1 - first);
    for (const side of /** @type {const} */ (['left', 'right']))
      to.paddles[side].v = to.paddles[side].y - from.paddles[side].y;
    return [from, to];
  }

  /**
   * Only the server knows where a ball is served: until it tells, the ball waits.
   * @param {boolean} frozen
   * @param {number} serveIn
   * @param {number} steps
   * @returns {View}
   */
  #view(frozen, serveIn, steps) {
    const view = { ...this.#engine.view(), frozen };
    return serveIn > 0 && steps >= serveIn ? { ...view, ball: { x: 0, y: 0 }, serveIn: 1 } : view;
  }

  /**
   * What was drawn fades into what is true.
   * @param {CompactFrame} base
   * @param {View | null} before
   * @param {number} now
   */
  #noteError(base, before, now) {
    this.#error = null;
    if (!before) return;
    const after = this.#predicted(base, now);
    const ball = { x: before.ball.x - after.ball.x, y: before.ball.y - after.ball.y };
    const paddle = (/** @type {Side} */ side) => before.paddles[side].y - after.paddles[side].y;
    const isSmall =
      Math.max(Math.hypot(ball.x, ball.y), Math.abs(paddle('left')), Math.abs(paddle('right'))) < MAX_FADED;
    if (isSmall) this.#error = { at: now, ball, left: paddle('left'), right: paddle('right') };
  }
}

/**
 * Whether a number comes after one of which only the low 16 bits are known.
 * @param {number} seq
 * @param {number} low
 */
const isAfter = (seq, low) => ((seq - low) & 0xffff) !== 0 && ((seq - low) & 0xffff) < 0x8000;
