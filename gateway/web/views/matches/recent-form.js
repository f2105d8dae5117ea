// @ts-check
// The results of the last matches, the latest at the end.

import { gameName, resultText } from '../../games/game-texts.js';
import { html, nothing } from '../../vendor/lit.js';
import { playersOf } from '../match/players.js';

/** @import { GameMatch } from '../match/types.js' */

/** @type {Record<string, string>} */
const LETTERS = { won: 'W', lost: 'L', drawn: 'D' };

/**
 * @param {GameMatch[]} matches the latest first
 * @param {string} userId
 */
export function recentForm(matches, userId) {
  const finished = matches.filter(({ state }) => state === 'finished').toReversed();
  if (!finished.length) return nothing;
  return html`<section class="card" aria-labelledby="recent-form">
    <h2 id="recent-form">Recent form</h2>
    <ol class="form">
      ${finished.map((match) => html`<li>${resultLink(match, userId)}</li>`)}
    </ol>
  </section>`;
}

/**
 * @param {GameMatch} match
 * @param {string} userId
 */
function resultLink(match, userId) {
  const { id, game } = match;
  const players = playersOf(match);
  const own = players[1].user?.id === userId ? 1 : 0;
  const [me, opponent] = [players[own], players[own ? 0 : 1]];
  const name = `${resultText(me.result)} ${me.score} to ${opponent.score} against ${opponent.name}, ${gameName(game)}`;
  return html`<a href="/matches/${id}" data-result=${me.result ?? nothing} aria-label=${name} title=${name}>
    ${LETTERS[me.result ?? ''] ?? '–'}
  </a>`;
}
