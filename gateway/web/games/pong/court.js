// @ts-check
// Draws the court of Pong on a canvas, sharp at any size and pixel ratio.

import { BALL_HALF, COIN_HALF, HALF_HEIGHT, HALF_WIDTH, PADDLE_FACE } from './field.js';

/**
 * @import { PongEffectKind } from '../../api/types.js'
 * @import { Point, Side, View } from './field.js'
 */
/** How a user likes the court.
 * @typedef {{ background: string, paddle: string, ball: string, sound: boolean }} Look */

/** The colours of the courts: the field from top left to bottom right, and its lines. */
const COURTS = {
  lawn: { from: '#12745b', to: '#0a4637', lines: '#ffffff52' },
  clay: { from: '#b4552f', to: '#7f3418', lines: '#ffffff66' },
  night: { from: '#1b2a4a', to: '#0a1122', lines: '#7db4ff59' },
  plain: { from: '#1f2522', to: '#1f2522', lines: '#ffffff40' },
};
/** @type {Look} */
const DEFAULT_LOOK = { background: 'lawn', paddle: '#ffffff', ball: '#ffd34d', sound: true };
const MAX_PIXEL_RATIO = 3;
/** How many earlier positions of the ball trail behind it. */
const TRAIL_LENGTH = 7;
const EFFECT_COLORS = {
  reverse: '#ff8a80',
  slow: '#8ab4ff',
  shorten: '#ffb74d',
  lengthen: '#9df0b8',
  thicken: '#e1b7ff',
};
/** @type {PongEffectKind[]} */
const HOSTILE = ['reverse', 'slow', 'shorten'];

export class Court {
  #canvas;
  #context;
  #look;
  /** @type {OffscreenCanvas | null} */
  #background = null;
  /** @type {Point[]} */
  #trail = [];
  #hasTrail = !matchMedia('(prefers-reduced-motion: reduce)').matches;
  #observer;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Partial<Look>} [look]
   */
  constructor(canvas, look) {
    this.#canvas = canvas;
    this.#context = contextOf(canvas);
    this.#look = { ...DEFAULT_LOOK, ...look };
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(canvas);
  }

  dispose() {
    this.#observer.disconnect();
  }

  /**
   * Draws a view.
   * @param {View} view
   * @param {Side | null} [ownSide] Is marked.
   */
  draw(view, ownSide = null) {
    const background = this.#background ?? this.#resize();
    const context = this.#context;
    const scale = this.#canvas.width / (2 * HALF_WIDTH);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(background, 0, 0);
    context.setTransform(scale, 0, 0, scale, HALF_WIDTH * scale, HALF_HEIGHT * scale);
    if (view.coin) this.#drawCoin(view.coin);
    for (const side of /** @type {const} */ (['left', 'right'])) this.#drawPaddle(view, side, side === ownSide);
    this.#drawBall(view);
  }

  /** Fits the canvas to its place on the page; returns the background. */
  #resize() {
    const ratio = Math.min(devicePixelRatio || 1, MAX_PIXEL_RATIO);
    const width = Math.max(1, Math.round(this.#canvas.clientWidth * ratio));
    const height = Math.max(1, Math.round((width * HALF_HEIGHT) / HALF_WIDTH));
    if (this.#background && this.#canvas.width === width && this.#canvas.height === height) return this.#background;
    [this.#canvas.width, this.#canvas.height] = [width, height];
    this.#background = this.#paintBackground(width, height);
    return this.#background;
  }

  /**
   * The field, painted once per size.
   * @param {number} width
   * @param {number} height
   */
  #paintBackground(width, height) {
    const { from, to, lines } = COURTS[/** @type {keyof typeof COURTS} */ (this.#look.background)] ?? COURTS.lawn;
    const canvas = new OffscreenCanvas(width, height);
    const context = offscreenContextOf(canvas);
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

  /**
   * @param {View} view
   * @param {Side} side
   * @param {boolean} isOwn
   */
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

  /** @param {View} view */
  #drawBall({ ball, serveIn }) {
    const context = this.#context;
    const moved = this.#trail.at(-1);
    if (!moved || moved.x !== ball.x || moved.y !== ball.y) this.#trail.push({ ...ball });
    if (this.#trail.length > TRAIL_LENGTH || serveIn) this.#trail.shift();
    context.fillStyle = this.#look.ball;
    if (this.#hasTrail && !serveIn) {
      this.#trail.forEach(({ x, y }, index) => {
        context.globalAlpha = (0.25 * (index + 1)) / (TRAIL_LENGTH + 1);
        this.#fillCircle(x, y, BALL_HALF * (0.6 + (0.5 * index) / TRAIL_LENGTH));
      });
      context.globalAlpha = 1;
    }
    this.#fillCircle(ball.x, ball.y, BALL_HALF * 1.25);
  }

  /** @param {Point} coin */
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

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} radius
   */
  #fillCircle(x, y, radius) {
    this.#context.beginPath();
    this.#context.arc(x, y, radius, 0, 2 * Math.PI);
    this.#context.fill();
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   * @param {number} radius
   */
  #fillRounded(x, y, width, height, radius) {
    this.#context.beginPath();
    this.#context.roundRect(x, y, width, height, radius);
    this.#context.fill();
  }
}

/** @param {HTMLCanvasElement} canvas */
function contextOf(canvas) {
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('no canvas');
  return context;
}

/** @param {OffscreenCanvas} canvas */
function offscreenContextOf(canvas) {
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('no canvas');
  return context;
}

/**
 * The side whose paddle an effect changes.
 * @param {NonNullable<View['effect']>} effect
 */
function targetOf({ kind, owner }) {
  if (!HOSTILE.includes(kind)) return owner;
  return owner === 'left' ? 'right' : 'left';
}
