// @ts-check
// A match against the computer that needs no server: the engine and its bots play in the browser.

import { blend } from './blend.js';
import { Controls } from './controls.js';
import { Court } from './court.js';
import { rulesOf } from './engine.js';
import { TICK_MS } from './field.js';
import { createSounds } from './sounds.js';

/**
 * @import { PongEngine, Rules } from './engine.js'
 * @import { View } from './field.js'
 */
/**
 * @typedef {object} SoloOptions
 * @property {PongEngine} engine
 * @property {HTMLCanvasElement} canvas Lies within `element`.
 * @property {HTMLElement} element Takes the pointer.
 * @property {(score: [number, number], hasEnded: boolean) => void} onScore
 * @property {AbortSignal} signal
 */

/** @type {Rules} */
const OPTIONS = { game_speed: 'medium', score_to_win: 5, time_limit: 5, cool_mode: false };
/** What the left side plays like while nobody does. */
const DEMO_LEVEL = 4;
/** After a break, the match does not catch up. */
const MAX_TICKS_AT_ONCE = 10;

export class SoloGame {
  #engine;
  #court;
  #controls;
  #sounds;
  #onScore;
  /** The last two views.
   * @type {[View, View]} */
  #views;
  #isDemo = true;
  #owed = 0;
  /** @type {number | null} */
  #lastAt = null;

  /**
   * Plays on this canvas until the abort signal fires.
   * @param {SoloOptions} options
   */
  constructor({ engine, canvas, element, onScore, signal }) {
    this.#engine = engine;
    this.#onScore = onScore;
    this.#court = new Court(canvas);
    this.#controls = new Controls({ element, seats: ['first'], isActive: () => this.#isPlayed(), signal });
    this.#sounds = createSounds(() => !this.#isDemo, signal);
    this.#views = this.#begin(DEMO_LEVEL);
    const onFrame = (/** @type {number} */ now) => {
      if (signal.aborted) return void this.#court.dispose();
      this.#advance(now);
      return void requestAnimationFrame(onFrame);
    };
    requestAnimationFrame(onFrame);
  }

  /**
   * Begins a match of the visitor against a level.
   * @param {number} level From 1.
   */
  start(level) {
    this.#isDemo = false;
    this.#views = this.#begin(level);
  }

  #isPlayed() {
    return !this.#isDemo && !this.#views[1].hasEnded;
  }

  /**
   * @param {number} level
   * @returns {[View, View]}
   */
  #begin(level) {
    const [seed = 0n, botSeed = 0n, demoSeed = 0n] = crypto.getRandomValues(new BigInt64Array(3));
    this.#engine.reset(rulesOf(OPTIONS), seed);
    this.#engine.setBot('right', this.#engine.levelSkill(level), botSeed);
    if (this.#isDemo) this.#engine.setBot('left', this.#engine.levelSkill(level), demoSeed);
    const view = this.#engine.view();
    return [view, view];
  }

  /** @param {number} now */
  #advance(now) {
    this.#owed += (now - (this.#lastAt ?? now)) / TICK_MS;
    this.#lastAt = now;
    const ticks = Math.min(MAX_TICKS_AT_ONCE, Math.floor(this.#owed));
    this.#owed -= Math.floor(this.#owed);
    for (let tick = 0; tick < ticks; tick += 1) this.#step();
    this.#court.draw(blend(this.#views[0], this.#views[1], this.#owed), this.#isDemo ? null : 'left');
  }

  #step() {
    const [, before] = this.#views;
    if (before.hasEnded) {
      if (this.#isDemo) this.#views = this.#begin(DEMO_LEVEL);
      return;
    }
    this.#engine.step({ left: this.#controls.direction('first', before.paddles.left), right: 0 });
    const view = this.#engine.view();
    view.paddles.left.v = view.paddles.left.y - before.paddles.left.y;
    this.#views = [before, view];
    if (!this.#isDemo) this.#report(before, view);
  }

  /**
   * @param {View} before
   * @param {View} view
   */
  #report(before, view) {
    if (view.rally > before.rally) this.#sounds('hit');
    const isPoint = view.score.join() !== before.score.join();
    if (isPoint) this.#sounds(view.score[0] > before.score[0] ? 'won' : 'lost');
    if (isPoint || view.hasEnded) this.#onScore(view.score, view.hasEnded === true);
  }
}
