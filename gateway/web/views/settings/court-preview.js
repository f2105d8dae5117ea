// @ts-check
// A still of the court in the look that is being chosen.

import { h } from '../../elements/dom.js';
import { Court } from '../../games/pong/court.js';
import { toView } from '../../games/pong/field.js';
import { onAbort } from '../../live/abort.js';

/** @typedef {{ background: string, paddle: string, ball: string }} Look */

const BALL = { x: -4_200, y: -1_500, vx: 0, vy: 0 };
/**
 * A moment of a rally.
 * @type {Omit<Parameters<typeof toView>[0], 'server_time'>}
 */
const STATE = {
  tick: 0,
  frozen: false,
  ball: BALL,
  paddles: { left: { y: -600, v: 0 }, right: { y: 1_400, v: 0 } },
  score: { left: 3, right: 2 },
  serve_in: 0,
  receiver: 'right',
  rally: 4,
  effect: null,
  coin: null,
  half_lengths: { left: 1_600, right: 1_600 },
  thickness: { left: 400, right: 400 },
  ending: null,
};
/** The paddle in the colour of the user. */
const OWN_SIDE = 'left';
/** Where the ball was just before, oldest first. */
const TRAIL = [2, 1.6, 1.2, 0.8, 0.4, 0].map((back) => ({
  ...BALL,
  x: BALL.x + 900 * back,
  y: BALL.y + 500 * back,
}));

/**
 * @param {Look} look
 * @param {AbortSignal} signal
 */
export function courtPreview(look, signal) {
  const canvas = h('canvas', { role: 'img', 'aria-label': 'Preview of the court', width: 480, height: 300 });
  /** @type {Court | null} */
  let court = null;
  let current = look;
  const draw = () => {
    court?.dispose();
    court = new Court(canvas, current);
    for (const ball of TRAIL) court.draw(toView({ ...STATE, server_time: '', ball }), OWN_SIDE);
  };
  // Drawn once it has a size, and again whenever that changes.
  const observer = new ResizeObserver(draw);
  observer.observe(canvas);
  onAbort(signal, () => {
    observer.disconnect();
    court?.dispose();
  });
  /** @param {Look} next */
  const update = (next) => {
    current = next;
    draw();
  };
  return { element: canvas, update };
}
