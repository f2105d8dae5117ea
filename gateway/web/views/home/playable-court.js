// @ts-check
// The court of the landing page: a demo, until the visitor plays.

import { html, render } from '../../vendor/lit.js';
import { h } from '../../elements/dom.js';
import { loadEngine } from '../../games/pong/engine.js';
import { SoloGame } from '../../games/pong/solo-game.js';
import { loadStyles } from '../../styles/load-styles.js';

/** The level that a visitor meets, and the next ones after each win. */
const FIRST_LEVEL = 1;
const LAST_LEVEL = 8;

/** @typedef {{ title: string, hint: string, button: string }} Invitation */

/** @type {Invitation} */
const WELCOME = { title: 'Play right here', hint: 'No account needed. Use ↑ and ↓, or drag.', button: 'Start' };
/** @type {Invitation} */
const WON = { title: 'You won!', hint: 'Create an account to play people, too.', button: 'Next level' };
/** @type {Invitation} */
const LOST = { title: 'The computer won', hint: 'Try again?', button: 'Play again' };

/**
 * A court to play on; null where the engine cannot run.
 * @param {AbortSignal} signal
 */
export async function playableCourt(signal) {
  const styles = [loadStyles('/styles/court-card.css'), loadStyles('/styles/match.css')];
  const [engine] = await Promise.all([loadEngine(), ...styles]);
  if (!engine || signal.aborted) return null;
  const canvas = h('canvas', { role: 'img', 'aria-label': 'The court', width: 1280, height: 800 });
  const pong = h('div.pong', {}, canvas);
  const score = h('p.score.landing-score', { role: 'status', 'aria-label': 'Score' });
  const panel = h('div.overlay.is-invitation', { role: 'status' });
  let level = FIRST_LEVEL;
  const start = () => {
    panel.hidden = true;
    score.textContent = '0 – 0';
    game.start(level);
  };
  /** @param {Invitation} invitation */
  const invite = (invitation) => {
    render(invitationTemplate(invitation, start), panel);
    panel.hidden = false;
  };
  /** @param {number[]} points */
  const showEnd = ([own = 0, other = 0]) => {
    const hasWon = own > other;
    if (hasWon) level = Math.min(LAST_LEVEL, level + 1);
    invite(hasWon ? WON : LOST);
    panel.querySelector('button')?.focus({ preventScroll: true });
  };
  /**
   * @param {number[]} points
   * @param {boolean} hasEnded
   */
  const onScore = (points, hasEnded) => {
    score.textContent = points.join(' – ');
    if (hasEnded) showEnd(points);
  };
  const game = new SoloGame({ engine, canvas, element: pong, signal, onScore });
  invite(WELCOME);
  return h('div.stage', {}, pong, score, panel);
}

/**
 * @param {Invitation} invitation
 * @param {() => void} start
 */
const invitationTemplate = ({ title, hint, button }, start) =>
  html`<p class="overlay-title">${title}</p>
    <p>${hint}</p>
    <div class="actions"><button class="primary" type="button" @click=${start}>${button}</button></div>`;
