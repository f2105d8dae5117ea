// @ts-check
// Matches in lists.

import { html, nothing } from '../vendor/lit.js';
import { avatar, element } from './dom.js';
import { gameName, modeName, resultText } from '../games/game-texts.js';
import { timeAgo } from './relative-time.js';

/** @import { GameMatch, MatchPlayer, RatingDelta } from '../api/types.js' */

/**
 * A row for an ended match, as the user with this id saw it.
 * @param {GameMatch} match
 * @param {string} userId
 */
export function matchRow(match, userId) {
  const index = match.players.findIndex(({ user }) => user?.id === userId);
  const own = index === 1 ? 1 : 0;
  const [me, opponent] = [match.players[own], match.players[1 - own]];
  if (!me || !opponent) return element(html`<li></li>`);
  const isFinished = match.state === 'finished';
  const result = isFinished ? me.result : null;
  return element(
    html`<li>
      <a class="match-row" href=${`/matches/${match.id}`}>
        <span class="result" data-result=${String(result)}>${resultText(result)}</span>
        ${playerFace(opponent, 36)}
        <span class="match-row-text">
          <strong dir="auto">${opponent.name}</strong>
          <span class="hint">${kindOf(match)} · ${timeAgo(match.ended_at ?? match.created_at)}</span>
        </span>
        <span class="match-row-score">
          <strong>${isFinished ? `${me.score} – ${opponent.score}` : ''}</strong>
          ${me.rating ? change(me.rating) : nothing}
        </span>
      </a>
    </li>`,
  );
}

/**
 * The avatar of a player; for the computer and players without an account, the first letter of the name.
 * @param {Pick<MatchPlayer, 'user' | 'name'>} player
 * @param {number} [size]
 */
export function playerFace({ user, name }, size = 44) {
  if (user) return avatar(user, size);
  const classes = size < 44 ? 'avatar initial small' : 'avatar initial';
  return element(html`<span class=${classes} aria-hidden="true">${[...name][0] ?? '?'}</span>`);
}

/** @param {Pick<GameMatch, 'game' | 'mode'>} match */
const kindOf = ({ game, mode }) => `${gameName(game)} · ${modeName(mode)}`;

/** @param {RatingDelta} delta */
function change({ before, after }) {
  const difference = after - before;
  const text = difference > 0 ? `+${difference}` : String(difference).replace('-', '−');
  return html`<span class=${difference >= 0 ? 'gain' : 'loss'}
    ><span class="visually-hidden">Rating </span>${text}</span
  >`;
}
