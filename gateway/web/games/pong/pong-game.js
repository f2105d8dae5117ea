// Pong in a live match: the court, the frames that move it, and the inputs of its players.

import { onAbort } from '../../abort.js';
import * as api from '../../api.js';
import { h } from '../../dom.js';
import { openCurrentView } from '../../router.js';
import { hasEnded, otherSeat } from '../match-state.js';
import { Controls } from './controls.js';
import { Court } from './court.js';
import { loadEngine, noteOutdatedEngine } from './engine.js';
import { sideOf } from './field.js';
import { Interpolation } from './interpolation.js';
import { Prediction } from './prediction.js';
import { createSounds } from './sounds.js';

/** An input is repeated, since it also tells the server that the player is there. */
const INPUT_INTERVAL = 500;
/** A seat's numbers go on after a reload. Inputs that a state does not contain yet have higher ones. */
const SEQ_MARGIN = 64;

/** Loads what a match needs before its socket opens. */
export default async function prepareGame({ isSpectator, options, signal }) {
  const [{ data: preferences }, engine] = await Promise.all([
    api.get('/users/profile/preferences/', { signal }), isSpectator ? null : loadEngine(),
  ]);
  const source = engine ? new Prediction(engine, options) : new Interpolation();
  return new PongGame(source, framesFor({ isSpectator, engine }), preferences.pong ?? {}, signal);
}

/** A client that predicts needs only what it cannot foresee. */
function framesFor({ isSpectator, engine }) {
  if (engine) return { form: 'binary', rate: 'auto' };
  return { form: 'json', rate: isSpectator ? '30' : '60' };
}

class PongGame {
  #source;
  #look;
  #signal;
  #court = null;
  #live = null;
  #controls = null;
  #sounds = () => {};
  /** The last input of each seat: `{ direction, sentAt }`. */
  #inputs = new Map();
  #seq = 0;
  #rally = 0;
  #drawnAt = 0;

  constructor(source, frames, look, signal) {
    [this.#source, this.#look, this.#signal] = [source, look, signal];
    this.frames = frames;
  }

  /** Takes a frame of the socket. */
  take(frame) {
    if (frame.isFirst) this.#seq = Math.max(this.#seq, (frame.seq ?? 0) + SEQ_MARGIN);
    const { isFirst, frozen } = this.#source.take(frame, performance.now()) ?? {};
    if (this.#source.isOutdated) return this.#showWithoutEngine();
    if (!isFirst && frozen === false) this.#live?.notePlaying();
    return undefined;
  }

  /** The server was updated while this page was open: it tells everything from now on. */
  #showWithoutEngine() {
    noteOutdatedEngine();
    openCurrentView();
  }

  /** The element that shows a match and is played on. */
  mount(live) {
    const { joined } = live.match.value;
    const canvas = h('canvas', { role: 'img', 'aria-label': 'The court', width: 1280, height: 800 });
    const element = h(joined.seat ? 'div.pong.is-player' : 'div.pong', {}, canvas);
    this.#live = live;
    this.#court = new Court(canvas, this.#look);
    this.#controls = new Controls({ element, seats: seatsOf(joined), isActive: () => !hasEnded(live.match.value), signal: this.#signal });
    this.#sounds = createSounds(() => this.#look.sound !== false, this.#signal);
    this.#followPoints();
    this.#run();
    return element;
  }

  /** How to play, in words. */
  hint({ seat, mode }) {
    if (!seat) return null;
    const isTouch = matchMedia('(pointer: coarse)').matches;
    if (mode === 'local') return isTouch ? 'Each drags on their half.' : 'Left: W and S. Right: ↑ and ↓.';
    return isTouch ? 'Drag on the court or below it.' : 'Move with ↑ and ↓ or W and S, or drag on the court.';
  }

  #run() {
    const onFrame = (now) => {
      if (this.#signal.aborted) return;
      this.#drawnAt = now;
      const view = this.#source.view(now);
      if (view) {
        this.#steer(view, now);
        this.#draw(view);
      }
      requestAnimationFrame(onFrame);
    };
    requestAnimationFrame(onFrame);
    // Animation frames stop in hidden tabs; the server must still hear from the player.
    const timer = setInterval(() => this.#steerHidden(), INPUT_INTERVAL / 2);
    onAbort(this.#signal, () => {
      clearInterval(timer);
      this.#court.dispose();
    });
  }

  #steerHidden() {
    const now = performance.now();
    const view = this.#isHidden(now) && this.#source.view(now);
    if (view) this.#steer(view, now);
  }

  #isHidden(now) {
    return document.hidden || now - this.#drawnAt > INPUT_INTERVAL / 2;
  }

  #draw(view) {
    if (view.rally > this.#rally) this.#sounds('hit');
    this.#rally = view.rally;
    const { joined } = this.#live.match.value;
    this.#court.draw(view, joined.seat && joined.mode !== 'local' ? sideOf(joined.seat) : null);
  }

  /** Sends the direction of each own paddle when it changes, and once in a while. */
  #steer(view, now) {
    const { joined, connection } = this.#live.match.value;
    if (!joined.seat || connection !== 'open') return;
    for (const seat of seatsOf(joined)) {
      const paddle = view.paddles[sideOf(seat)];
      const direction = this.#isHidden(now) ? 0 : this.#controls.direction(seat, paddle, isReversed(view, sideOf(seat)));
      const last = this.#inputs.get(seat);
      if (last?.direction === direction && now - last.sentAt < INPUT_INTERVAL) continue;
      this.#inputs.set(seat, { direction, sentAt: now });
      this.#seq += 1;
      const tick = this.#source.steer({ seq: this.#seq, seat, direction, now });
      this.#live.send('input', { seq: this.#seq, tick, direction, ...(joined.mode === 'local' ? { seat } : {}) });
    }
  }

  #followPoints() {
    let [first, second] = this.#live.match.value.score;
    this.#live.match.subscribe(({ score, joined }) => {
      if (score[0] === first && score[1] === second) return;
      const isOwn = joined.seat === 'second' ? score[1] > second : score[0] > first;
      [first, second] = score;
      this.#sounds(isOwn || !joined.seat ? 'won' : 'lost');
    }, this.#signal);
  }
}

/** The seats that this client plays. */
function seatsOf({ seat, mode }) {
  if (!seat) return [];
  return mode === 'local' ? [seat, otherSeat(seat)].sort() : [seat];
}

const isReversed = ({ effect }, side) => effect?.kind === 'reverse' && effect.owner !== side;
