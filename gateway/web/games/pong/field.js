// The numbers of the field, as in the engine: the origin is the centre, x grows to the right, y downward.

export const HALF_WIDTH = 16_000;
export const HALF_HEIGHT = 10_000;
export const BALL_HALF = 200;
export const PADDLE_FACE = 14_800;
const PADDLE_HALF = 1_600;
const PADDLE_THICKNESS = 400;
export const COIN_HALF = 500;
/** The length of a tick in milliseconds. */
export const TICK_MS = 1000 / 60;

const SIDES = ['left', 'right'];

/** The side that a seat defends. */
export const sideOf = (seat) => (seat === 'second' ? 'right' : 'left');

/** What is drawn of a state as the server sends it in JSON. */
export function toView(state) {
  const coin = state.coin && { x: state.coin.lane ?? state.coin.x, y: state.coin.y ?? coinY(state.coin) };
  return {
    tick: state.tick,
    frozen: state.frozen,
    ball: { x: state.ball.x, y: state.ball.y },
    paddles: Object.fromEntries(SIDES.map((side) => [side, {
      y: state.paddles[side].y,
      v: state.paddles[side].v,
      half: state.half_lengths?.[side] ?? PADDLE_HALF,
      thickness: state.thickness?.[side] ?? PADDLE_THICKNESS,
    }])),
    score: [state.score.left ?? state.score[0], state.score.right ?? state.score[1]],
    serveIn: state.serve_in,
    receiver: state.receiver,
    rally: state.rally,
    effect: state.effect,
    coin,
  };
}

const COIN_EDGE = HALF_HEIGHT + COIN_HALF;
const COIN_SPEED = 50;
const coinY = ({ age, down }) => (down ? -1 : 1) * (COIN_EDGE - COIN_SPEED * age);
