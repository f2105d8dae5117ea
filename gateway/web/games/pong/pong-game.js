// @ts-check
// Pong in a live match: the court, the frames that move it, and the inputs of its players.

import { onAbort } from '../../live/abort.js';
import { api } from '../../api/client.js';
import { openCurrentView } from '../../shell/router.js';
import { hasEnded, isAtOneKeyboard, otherSeat } from '../match-state.js';
import { Controls } from './controls.js';
import { Court } from './court.js';
import { loadEngine, noteOutdatedEngine } from './engine.js';
import { createSoundSetting } from '../sound-setting.js';
import { sideOf } from './field.js';
import { Interpolation } from './interpolation.js';
import { Prediction } from './prediction.js';
import { createSounds } from './sounds.js';

/**
 * @import { PongOptions, SeatName } from '../../api/types.js'
 * @import { JoinedMatch } from '../match-state.js'
 * @import { Frame, FramesWanted, Game, GameContext, LiveMatch } from '../types.js'
 * @import { Look } from './court.js'
 * @import { Side, View } from './field.js'
 * @import { SoundName } from './sounds.js'
 */
/** What is on the screen of a joined match.
 * @typedef {{ live: LiveMatch, joined: JoinedMatch, court: Court, controls: Controls }} Stage */

/** An input is repeated, since it also tells the server that the player is there. */
const INPUT_INTERVAL = 500;
/** A seat's numbers go on after a reload. Inputs that a state does not contain yet have higher ones. */
const SEQ_MARGIN = 64;

/**
 * Loads what a match needs before its socket opens.
 * @param {GameContext} context
 * @returns {Promise<Game>}
 */
export default async function prepareGame({ isSpectator, options, signal }) {
  const [{ data: preferences }, engine] = await Promise.all([
    api.get('/users/profile/preferences/', { signal }),
    isSpectator ? null : loadEngine(),
  ]);
  const source = engine ? new Prediction(engine, /** @type {PongOptions} */ (options)) : new Interpolation();
  return new PongGame(source, framesFor(isSpectator, engine !== null), lookOf(preferences), signal);
}

/** @param {Record<string, unknown>} preferences */
const lookOf = (preferences) => /** @type {Partial<Look>} */ (preferences['pong'] ?? {});

/**
 * A client that predicts needs only what it cannot foresee.
 * @param {boolean} isSpectator
 * @param {boolean} predicts
 * @returns {FramesWanted}
 */
function framesFor(isSpectator, predicts) {
  if (predicts) return { form: 'binary', rate: 'auto' };
  return { form: 'json', rate: isSpectator ? '30' : '60' };
}

/** @implements {Game} */
class PongGame {
  #source;
  #look;
  #signal;
  /** @type {Stage | null} */
  #stage = null;
  /** @type {(name: SoundName) => void} */
  #sounds = () => {};
  /** The last input of each seat.
   * @type {Map<SeatName, { direction: number, sentAt: number }>} */
  #inputs = new Map();
  #seq = 0;
  #rally = 0;
  #drawnAt = 0;

  /**
   * @param {Prediction | Interpolation} source
   * @param {FramesWanted} frames
   * @param {Partial<Look>} look
   * @param {AbortSignal} signal
   */
  constructor(source, frames, look, signal) {
    this.#source = source;
    this.#look = look;
    this.#signal = signal;
    this.frames = frames;
    this.sound = createSoundSetting(look.sound !== false);
  }

  /**
   * Takes a frame of the socket.
   * @param {Frame} frame
   */
  take(frame) {
    const isFirst = !(frame instanceof ArrayBuffer) && frame.isFirst;
    if (isFirst) this.#seq = Math.max(this.#seq, frame.seq + SEQ_MARGIN);
    // The server sends the states of the game that it runs.
    const taken = this.#source.take(/** @type {any} */ (frame), performance.now());
    if (this.#source instanceof Prediction && this.#source.isOutdated) this.#showWithoutEngine();
    else if (!isFirst && taken?.frozen === false) this.#stage?.live.notePlaying();
  }

  /** The server was updated while this page was open: it tells everything from now on. */
  #showWithoutEngine() {
    noteOutdatedEngine();
    openCurrentView();
  }

  /**
   * The element that shows a match and is played on.
   * @param {LiveMatch} live
   */
  mount(live) {
    const { joined } = live.match.value;
    if (!joined) throw new Error('the match has not been joined');
    const canvas = document.createElement('canvas');
    canvas.role = 'img';
    canvas.ariaLabel = 'The court';
    [canvas.width, canvas.height] = [1280, 800];
    const element = document.createElement('div');
    element.className = joined.seat ? 'pong is-player' : 'pong';
    element.append(canvas);
    const isActive = () => !hasEnded(live.match.value);
    const controls = new Controls({ element, seats: seatsOf(joined), isActive, signal: this.#signal });
    const stage = { live, joined, court: new Court(canvas, this.#look), controls };
    this.#stage = stage;
    this.#sounds = createSounds(() => this.sound.isOn.value, this.#signal);
    this.#followPoints(stage);
    this.#run(stage);
    return element;
  }

  /**
   * How to play, in words.
   * @param {Pick<JoinedMatch, 'seat' | 'players'>} joined
   */
  hint({ seat, players }) {
    if (!seat) return null;
    const isTouch = matchMedia('(pointer: coarse)').matches;
    if (isAtOneKeyboard({ players })) return isTouch ? 'Each drags on their half.' : 'Left: W and S. Right: ↑ and ↓.';
    return isTouch ? 'Drag on the court or below it.' : 'Move with ↑ and ↓ or W and S, or drag on the court.';
  }

  /** @param {Stage} stage */
  #run(stage) {
    const onFrame = (/** @type {number} */ now) => {
      if (this.#signal.aborted) return;
      this.#drawnAt = now;
      const view = this.#source.view(now);
      if (view) {
        this.#steer(stage, view, now);
        this.#draw(stage, view);
      }
      requestAnimationFrame(onFrame);
    };
    requestAnimationFrame(onFrame);
    // Animation frames stop in hidden tabs; the server must still hear from the player.
    const timer = setInterval(() => this.#steerHidden(stage), INPUT_INTERVAL / 2);
    onAbort(this.#signal, () => {
      clearInterval(timer);
      stage.court.dispose();
    });
  }

  /** @param {Stage} stage */
  #steerHidden(stage) {
    const now = performance.now();
    const view = this.#isHidden(now) ? this.#source.view(now) : null;
    if (view) this.#steer(stage, view, now);
  }

  /** @param {number} now */
  #isHidden(now) {
    return document.hidden || now - this.#drawnAt > INPUT_INTERVAL / 2;
  }

  /**
   * @param {Stage} stage
   * @param {View} view
   */
  #draw({ court, joined }, view) {
    if (view.rally > this.#rally) this.#sounds('hit');
    this.#rally = view.rally;
    court.draw(view, joined.seat && !isAtOneKeyboard(joined) ? sideOf(joined.seat) : null);
  }

  /**
   * Sends the direction of each own paddle when it changes, and once in a while.
   * @param {Stage} stage
   * @param {View} view
   * @param {number} now
   */
  #steer({ live, joined, controls }, view, now) {
    if (!joined.seat || live.match.value.connection !== 'open') return;
    for (const seat of seatsOf(joined)) {
      const side = sideOf(seat);
      const wanted = controls.direction(seat, view.paddles[side], isReversed(view, side));
      const direction = this.#isHidden(now) ? 0 : wanted;
      const last = this.#inputs.get(seat);
      if (last?.direction === direction && now - last.sentAt < INPUT_INTERVAL) continue;
      this.#inputs.set(seat, { direction, sentAt: now });
      this.#seq += 1;
      const tick = this.#source.steer({ seq: this.#seq, seat, direction, now });
      live.send('input', { seq: this.#seq, tick, direction, ...(isAtOneKeyboard(joined) ? { seat } : {}) });
    }
  }

  /** @param {Stage} stage */
  #followPoints({ live, joined }) {
    let [first = 0, second = 0] = live.match.value.score;
    live.match.subscribe(({ score: [nextFirst = 0, nextSecond = 0] }) => {
      if (nextFirst === first && nextSecond === second) return;
      const isOwn = joined.seat === 'second' ? nextSecond > second : nextFirst > first;
      [first, second] = [nextFirst, nextSecond];
      this.#sounds(isOwn || !joined.seat ? 'won' : 'lost');
    }, this.#signal);
  }
}

/**
 * The seats that this client plays.
 * @param {Pick<JoinedMatch, 'seat' | 'players'>} joined
 */
function seatsOf({ seat, players }) {
  if (!seat) return [];
  return isAtOneKeyboard({ players }) ? [seat, otherSeat(seat)].sort() : [seat];
}

/**
 * @param {View} view
 * @param {Side} side
 */
const isReversed = ({ effect }, side) => effect?.kind === 'reverse' && effect.owner !== side;
