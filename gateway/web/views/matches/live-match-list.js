// @ts-check
// Live matches as cards with their courts.

import { playerFace } from '../../elements/match-row.js';
import { gameName, modeName } from '../../games/game-texts.js';
import { html, repeat } from '../../vendor/lit.js';
import { playersOf } from '../match/players.js';

/** @import { GameMatch, MatchPlayer } from '../match/types.js' */

/** @param {GameMatch[]} matches */
export function liveMatchList(matches) {
  return html`<ul class="live-matches">
    ${repeat(
      matches,
      ({ id }) => id,
      (match) => html`<li>${liveMatchCard(match)}</li>`,
    )}
  </ul>`;
}

/** @param {GameMatch} match */
function liveMatchCard(match) {
  const { id, game, mode } = match;
  const [first, second] = playersOf(match);
  return html`<a class="live-match court-card" href="/matches/${id}" data-game=${game}>
    <span class="live-match-kind">${gameName(game)} · ${modeName(mode)}<span class="live-dot">Live</span></span>
    <span class="court-score">
      ${player(first)}
      <strong class="score" aria-label=${`${first.score} to ${second.score}`}>${first.score} – ${second.score}</strong>
      ${player(second)}
    </span>
  </a>`;
}

/** @param {MatchPlayer} one */
const player = (one) =>
  html`<span class="court-player">${playerFace(one, 36)}<strong dir="auto">${one.name}</strong></span>`;
