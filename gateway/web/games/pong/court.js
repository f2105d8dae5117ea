// Draws the court of Pong on a canvas, sharp at any size and pixel ratio.

import { BALL_HALF, COIN_HALF, HALF_HEIGHT, HALF_WIDTH, PADDLE_FACE } from './field.js';

/** The colours of the courts: the field from top left to bottom right, and its lines. */
const COURTS = {
  lawn: { from: '#12745b', to: '#0a4637', lines: '#ffffff52' },
  clay: { from: '#b4552f', to: '#7f3418', lines: '#ffffff66' },
  night: { from: '#1b2a4a', to: '#0a1122', lines: '#7db4ff59' },
  plain: { from: '#1f2522', to: '#1f2522', lines: '#ffffff40' },
};
const DEFAULT_LOOK = { background: 'lawn', paddle: '#ffffff', ball: '#ffd34d', sound: true };
const MAX_PIXEL_RATIO = 3;
/** How many earlier positions of the ball trail behind it. */
const TRAIL_LENGTH = 7;
const EFFECT_COLORS = { reverse: '#ff8a80', slow: '#8ab4ff', shorten: '#ffb74d', lengthen: '#9df0b8', thicken: '#e1b7ff' };
const HOSTILE = ['reverse', 'slow', 'shorten'];

export class Court {
  #canvas;
  #context;
  #look;
  #background = null;
  #trail = [];
  #hasTrail = !matchMedia('(prefers-reduced-motion: reduce)').matches;
  #observer;

  constructor(canvas, look) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d', { alpha: false });
    this.#look = { ...DEFAULT_LOOK, ...look };
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(canvas);
  }

  dispose() {
    this.#observer.disconnect();
  }

  /** Draws a view; `ownSide` is marked. */
  draw(view, ownSide = null) {
    if (!this.#background) this.#resize();
    const context = this.#context;
    const scale = this.#canvas.width / (2 * HALF_WIDTH);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.#background, 0, 0);
    context.setTransform(scale, 0, 0, scale, HALF_WIDTH * scale, HALF_HEIGHT * scale);
    if (view.coin) this.#drawCoin(view.coin);
    for (const side of ['left', 'right']) this.#drawPaddle(view, side, side === ownSide);
    this.#drawBall(view);
  }

  #resize() {
    const ratio = Math.min(devicePixelRatio || 1, MAX_PIXEL_RATIO);
    const width = Math.max(1, Math.round(this.#canvas.clientWidth * ratio));
    const height = Math.max(1, Math.round(width * HALF_HEIGHT / HALF_WIDTH));
    if (this.#background && this.#canvas.width === width && this.#canvas.height === height) return;
    [this.#canvas.width, this.#canvas.height] = [width, height];
    this.#background = this.#paintBackground(width, height);
  }

  /** The field, painted once per size. */
  #paintBackground(width, height) {
    const { from, to, lines } = COURTS[this.#look.background] ?? COURTS.lawn;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { alpha: false });
    const gradient = context.createLinearGradient(0, 0, width, height);
    gradient.addColorStop(0, from);
    gradient.addColorStop(1, to);
    context.fillStyle = gradient;
    context.fillRect(0, 0, width, height);
    context.strokeStyle = lines;
    context.lineWidth = Math.max(1, width / 320);
    const inset = context.lineWidth * 1.5;
    context.strokeRect(inset, inset, width - 2 * inset, height - 2 * inset);
    context.setLineDash([height / 40, height / 40]);
    context.beginPath();
    context.moveTo(width / 2, inset);
    context.lineTo(width / 2, height - inset);
    context.stroke();
    return canvas;
  }

  #drawPaddle(view, side, isOwn) {
    const { y, half, thickness } = view.paddles[side];
    if (half <= 0) return;
    const context = this.#context;
    const x = side === 'left' ? -PADDLE_FACE - thickness : PADDLE_FACE;
    context.fillStyle = isOwn ? this.#look.paddle : '#ffffff';
    this.#fillRounded(x, y - half, thickness, 2 * half, thickness / 2);
    const color = view.effect && targetOf(view.effect) === side && EFFECT_COLORS[view.effect.kind];
    if (!color) return;
    context.strokeStyle = color;
    context.lineWidth = 120;
    context.stroke();
  }

  #drawBall({ ball, serveIn }) {
    const context = this.#context;
    const moved = this.#trail.at(-1);
    if (!moved || moved.x !== ball.x || moved.y !== ball.y) this.#trail.push({ ...ball });
    if (this.#trail.length > TRAIL_LENGTH || serveIn) this.#trail.shift();
    context.fillStyle = this.#look.ball;
    if (this.#hasTrail && !serveIn) {
      this.#trail.forEach(({ x, y }, index) => {
        context.globalAlpha = 0.25 * (index + 1) / (TRAIL_LENGTH + 1);
        this.#fillCircle(x, y, BALL_HALF * (0.6 + 0.5 * index / TRAIL_LENGTH));
      });
      context.globalAlpha = 1;
    }
    this.#fillCircle(ball.x, ball.y, BALL_HALF * 1.25);
  }

  #drawCoin({ x, y }) {
    const context = this.#context;
    context.fillStyle = '#ffd34d';
    this.#fillCircle(x, y, COIN_HALF);
    context.strokeStyle = '#8a5a00';
    context.lineWidth = 90;
    context.stroke();
    context.fillStyle = '#8a5a00';
    context.font = 'bold 700px system-ui, sans-serif';
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText('★', x, y + 40);
  }

  #fillCircle(x, y, radius) {
    this.#context.beginPath();
    this.#context.arc(x, y, radius, 0, 2 * Math.PI);
    this.#context.fill();
  }

  #fillRounded(x, y, width, height, radius) {
    this.#context.beginPath();
    this.#context.roundRect(x, y, width, height, radius);
    this.#context.fill();
  }
}

/** The side whose paddle an effect changes. */
function targetOf({ kind, owner }) {
  if (!HOSTILE.includes(kind)) return owner;
  return owner === 'left' ? 'right' : 'left';
}
