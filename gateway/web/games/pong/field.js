// @ts-check
// The numbers of the field, as in the engine: the origin is the centre, x grows to the right, y downward.

export const HALF_WIDTH = 16_000;
export const HALF_HEIGHT = 10_000;
export const BALL_HALF = 200;
export const PADDLE_FACE = 14_800;
export const COIN_HALF = 500;
/** The length of a tick in milliseconds. */
export const TICK_MS = 1000 / 60;

/** @import { MatchStateFrame, PongEffect, PongSide, PongState, SeatName } from '../../api/types.js' */
/** @typedef {PongSide} Side */
/** @typedef {{ x: number, y: number }} Point */
/** @typedef {{ y: number, v: number, half: number, thickness: number }} Paddle */
/** A direction for each side: -1 (up), 0 or 1 (down).
 * @typedef {Record<Side, number>} Keys */
/**
 * What is drawn.
 * @typedef {object} View
 * @property {number} tick
 * @property {boolean} [frozen]
 * @property {Point} ball
 * @property {Record<Side, Paddle>} paddles
 * @property {[number, number]} score
 * @property {number | null} serveIn
 * @property {Side} receiver
 * @property {number} rally
 * @property {boolean} [hasEnded]
 * @property {Pick<PongEffect, 'kind' | 'owner'> | null} effect
 * @property {Point | null} coin
 */
/** The state of `joined`, which comes first, or a later one.
 * @typedef {PongState & Pick<MatchStateFrame, 'tick' | 'server_time' | 'frozen'> & { seq?: number, isFirst?: boolean }} StateFrame */

/**
 * The side that a seat defends.
 * @param {SeatName} seat
 * @returns {Side}
 */
export const sideOf = (seat) => (seat === 'second' ? 'right' : 'left');

/**
 * What is drawn of a state as the server sends it in JSON.
 * @param {StateFrame} state
 * @returns {View}
 */
export function toView(state) {
  return {
    tick: state.tick,
    frozen: state.frozen,
    ball: { x: state.ball.x, y: state.ball.y },
    paddles: { left: paddleOf(state, 'left'), right: paddleOf(state, 'right') },
    score: [state.score.left, state.score.right],
    serveIn: state.serve_in,
    receiver: state.receiver,
    rally: state.rally,
    effect: state.effect,
    coin: state.coin && { x: state.coin.lane, y: coinY(state.coin) },
  };
}

/**
 * @param {StateFrame} state
 * @param {Side} side
 * @returns {Paddle}
 */
function paddleOf({ paddles, half_lengths: halves, thickness }, side) {
  return { y: paddles[side].y, v: paddles[side].v, half: halves[side], thickness: thickness[side] };
}

const COIN_EDGE = HALF_HEIGHT + COIN_HALF;
const COIN_SPEED = 50;
/** @param {{ age: number, down: boolean }} coin */
const coinY = ({ age, down }) => (down ? -1 : 1) * (COIN_EDGE - COIN_SPEED * age);
