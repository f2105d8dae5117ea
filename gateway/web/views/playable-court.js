// The court of the landing page: a demo, until the visitor plays.

import { h } from '../dom.js';
import { loadEngine } from '../games/pong/engine.js';
import { SoloGame } from '../games/pong/solo-game.js';
import { loadStyles } from '../styles.js';

/** The level that a visitor meets, and the next ones after each win. */
const FIRST_LEVEL = 1;
const LAST_LEVEL = 8;

/** A court to play on; null where the engine cannot run. */
export async function playableCourt(signal) {
  const [engine] = await Promise.all([loadEngine(), loadStyles('/styles/games.css')]);
  if (!engine || signal.aborted) return null;
  const canvas = h('canvas', { role: 'img', 'aria-label': 'The court', width: 1280, height: 800 });
  const text = h('p.overlay-title', {}, 'Play right here');
  const hint = h('p', {}, 'No account needed. Use ↑ and ↓, or drag.');
  const button = h('button.primary', { type: 'button' }, 'Start');
  const panel = h('div.overlay.is-invitation', { role: 'status' }, text, hint, h('div.actions', {}, button));
  const score = h('p.score.landing-score', { role: 'status', 'aria-label': 'Score' });
  const element = h('div.stage', {}, h('div.pong', {}, canvas), score, panel);
  let level = FIRST_LEVEL;
  const game = new SoloGame({ engine, canvas, element: element.querySelector('.pong'), signal, onScore: (points, hasEnded) => {
    score.textContent = points.join(' – ');
    if (hasEnded) showEnd(points);
  } });
  const showEnd = ([own, other]) => {
    const hasWon = own > other;
    if (hasWon) level = Math.min(LAST_LEVEL, level + 1);
    text.textContent = hasWon ? 'You won!' : 'The computer won';
    hint.textContent = hasWon ? 'Create an account to play people, too.' : 'Try again?';
    button.textContent = hasWon ? 'Next level' : 'Play again';
    panel.hidden = false;
    button.focus({ preventScroll: true });
  };
  button.addEventListener('click', () => {
    panel.hidden = true;
    score.textContent = '0 – 0';
    game.start(level);
  });
  return element;
}
