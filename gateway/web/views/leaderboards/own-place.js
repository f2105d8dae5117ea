// @ts-check
// The user's own place on a leaderboard, or what is missing for one.

import { session } from '../../api/session.js';
import { avatar } from '../../elements/dom.js';
import { plural } from '../../elements/format.js';
import { gameName } from '../../games/game-texts.js';
import { html, nothing } from '../../vendor/lit.js';

/** @import { GameRating } from '../play/types.js' */

/** Who has fewer ranked matches in a season is not on the board. */
const MATCHES_NEEDED = 10;

/**
 * @param {string} game
 * @param {GameRating[]} ratings
 */
export function ownPlace(game, ratings) {
  const rating = ratings.find((one) => one.game === game)?.rating;
  return html`<div class="own-place court-card">
    ${session.profile ? avatar(session.profile, 48) : nothing}
    <p>
      <span>Your rating in ${gameName(game)}</span>
      <strong class="score">${rating ? `${rating.rating}${rating.provisional ? '?' : ''}` : '–'}</strong>
    </p>
    <p>
      <span>Rank</span>
      <strong class="score">${rating?.rank ? `#${rating.rank}` : '–'}</strong>
    </p>
    <p class="own-place-hint">${hintFor(rating)}</p>
  </div>`;
}

/** @param {GameRating['rating'] | undefined} rating */
function hintFor(rating) {
  if (rating?.rank)
    return `${plural(rating.matches, 'ranked match', 'ranked matches')} this season, best ${rating.peak}.`;
  const missing = MATCHES_NEEDED - (rating?.matches ?? 0);
  if (missing <= 0) return 'A few more ranked matches make your rating certain enough for the board.';
  return `${plural(missing, 'more ranked match', 'more ranked matches')} this season, and you are on the board.`;
}
