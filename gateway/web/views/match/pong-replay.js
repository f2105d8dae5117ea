// @ts-check
// Pong played again by the engine.

import { elementOf, following } from '../../elements/template-parts.js';
import { Court } from '../../games/pong/court.js';
import { loadEngine } from '../../games/pong/engine.js';
import { TICK_MS } from '../../games/pong/field.js';
import { readReplay, ReplayPlayer } from '../../games/pong/replay.js';
import { onAbort } from '../../live/abort.js';
import { createSignal } from '../../live/signal.js';
import { html } from '../../vendor/lit.js';
import { formatClock } from './clock.js';
import { replayControls } from './replay-controls.js';
import { ReplayPosition } from './replay-position.js';
import { withScores } from './timeline.js';

/** @import { GameMatch } from './types.js' */

const TICKS_PER_SECOND = 60;
/** A point is shown from so many ticks before it. */
const LEAD_IN = 3 * TICKS_PER_SECOND;

/**
 * The viewer of a record; null where the engine cannot be loaded.
 * @param {Uint8Array} bytes
 * @param {GameMatch} match
 * @param {AbortSignal} signal
 */
export default async function viewerOf(bytes, match, signal) {
  const engine = await loadEngine();
  if (!engine) return null;
  const player = new ReplayPlayer(engine, readReplay(bytes));
  const position = new ReplayPosition({ length: player.ticks, perSecond: TICKS_PER_SECOND, leadIn: LEAD_IN });
  const stage = courtOf(player, position, signal);
  position.run(signal);
  const marks = withScores(match.timeline ?? []).map(({ tick, player: scorer, score }, index) => ({
    at: tick,
    player: scorer,
    label: score.join('–'),
    name: `Point ${index + 1}, ${score.join(' to ')}, at ${formatTick(tick)}`,
  }));
  return html`<div class="stack">
    ${stage} ${replayControls({ position, marks, step: TICKS_PER_SECOND, format: formatTick, signal })}
  </div>`;
}

/** @param {number} tick */
const formatTick = (tick) => formatClock(tick * TICK_MS);

/**
 * The court and the score, as they are at the position.
 * @param {ReplayPlayer} player
 * @param {ReplayPosition} position
 * @param {AbortSignal} signal
 */
function courtOf(player, position, signal) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: 1280, height: 800 });
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', 'The court');
  const court = new Court(canvas);
  onAbort(signal, () => court.dispose());
  const [score, isVerified] = [createSignal('0 – 0'), createSignal(false)];
  position.at.subscribe((/** @type {number} */ tick) => {
    const view = player.seek(tick);
    score.set(view.score.join(' – '));
    if (player.isVerified) isVerified.set(true);
    court.draw(view);
  }, signal);
  const verified = () => (isVerified.value ? 'Played to the end: the result is the recorded one.' : '');
  return elementOf(
    html`<div class="stack">
      <p class="score" ${following([score], () => score.value, signal)}></p>
      <div class="stage"><div class="pong">${canvas}</div></div>
      <p class="hint verified" role="status" ${following([isVerified], verified, signal)}></p>
    </div>`,
  );
}
