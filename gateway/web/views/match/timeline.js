// @ts-check
// The points of a match: a picture of how the score went, and a list of them.

import { plural } from '../../elements/format.js';
import { playerFace } from '../../elements/match-row.js';
import { html, nothing, svg } from '../../vendor/lit.js';
import { formatClock } from './clock.js';
import { playersOf } from './players.js';

/** @import { GameMatch, MatchPlayer, TimelinePoint } from './types.js' */
/** @typedef {TimelinePoint & { score: [number, number] }} ScoredPoint */

const WIDTH = 600;
const HEIGHT = 120;
const MARGIN = 10;
const SEATS = /** @type {const} */ ([0, 1]);

/**
 * The picture and the list.
 * @param {GameMatch} match
 * @param {TimelinePoint[]} points
 */
export function timeline(match, points) {
  const players = playersOf(match);
  const scored = withScores(points);
  return html`${picture(scored, match.duration_ms, players)}
    <ol class="timeline">
      ${scored.map((point) => row(point, players))}
    </ol>`;
}

/**
 * @param {ScoredPoint} point
 * @param {[MatchPlayer, MatchPlayer]} players
 */
function row({ at_ms: at, player, rally, score }, players) {
  const scorer = players[player ? 1 : 0];
  return html`<li>
    <span class="time">${formatClock(at)}</span>
    <span class="scorer">${playerFace(scorer, 28)}<strong dir="auto">${scorer.name}</strong></span>
    <span class="points">${score.join(' – ')}</span>
    <span class="hint">${rally ? plural(rally, 'hit') : nothing}</span>
  </li>`;
}

/**
 * Each point with the score after it.
 * @param {TimelinePoint[]} points
 * @returns {ScoredPoint[]}
 */
export function withScores(points) {
  /** @type {[number, number]} */
  const score = [0, 0];
  return points.map((point) => {
    score[point.player ? 1 : 0] += 1;
    return { ...point, score: [score[0], score[1]] };
  });
}

/**
 * One line per player, which climbs with each of their points.
 * @param {ScoredPoint[]} points
 * @param {number} duration
 * @param {[MatchPlayer, MatchPlayer]} players
 */
function picture(points, duration, players) {
  const last = points.at(-1);
  if (!last) return nothing;
  const end = Math.max(duration, last.at_ms, 1);
  const top = Math.max(...last.score, 1);
  const x = (/** @type {number} */ at) => MARGIN + ((WIDTH - 2 * MARGIN) * at) / end;
  const y = (/** @type {number} */ score) => HEIGHT - MARGIN - ((HEIGHT - 2 * MARGIN) * score) / top;
  const line = (/** @type {0 | 1} */ seat) => {
    const own = points.filter(({ player }) => player === seat);
    const steps = own.map(({ at_ms: at, score }) => `H${x(at).toFixed(1)}V${y(score[seat]).toFixed(1)}`).join('');
    return svg`<g class=${`line-${seat}`}>
      <path d=${`M${x(0)} ${y(0)}${steps}H${x(end)}`} />
      ${own.map(({ at_ms: at, score }) => svg`<circle cx=${x(at)} cy=${y(score[seat])} r="4" />`)}
    </g>`;
  };
  const label = `${players[0].name} ${last.score[0]}, ${players[1].name} ${last.score[1]}`;
  return html`<figure class="chart">
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" class="score-chart" role="img" aria-label=${label}>${SEATS.map(line)}</svg>
    <figcaption class="legend">
      ${SEATS.map((seat) => html`<span class=${`line-${seat}`} dir="auto">${players[seat].name}</span>`)}
    </figcaption>
  </figure>`;
}
