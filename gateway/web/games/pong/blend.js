// @ts-check
// Views between two ticks.

/** @import { Side, View } from './field.js' */

/** A ball that went farther between two views was served, not hit. */
const MAX_BALL_STEP = 4_000;

/**
 * The view at a share (0 to 1) of the way between two.
 * @param {View} from
 * @param {View} to
 * @param {number} share
 * @returns {View}
 */
export function blend(from, to, share) {
  const between = (/** @type {number} */ a, /** @type {number} */ b) => a + (b - a) * share;
  const isServe = Math.abs(to.ball.x - from.ball.x) > MAX_BALL_STEP;
  const paddle = (/** @type {Side} */ side) => ({
    ...to.paddles[side],
    y: between(from.paddles[side].y, to.paddles[side].y),
  });
  return {
    ...to,
    ball: isServe ? to.ball : { x: between(from.ball.x, to.ball.x), y: between(from.ball.y, to.ball.y) },
    paddles: { left: paddle('left'), right: paddle('right') },
    coin: to.coin && from.coin ? { x: to.coin.x, y: between(from.coin.y, to.coin.y) } : to.coin,
  };
}
