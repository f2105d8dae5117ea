// @ts-check
// The people one has played against lately.

import { html, nothing } from '../../vendor/lit.js';
import { api } from '../../api/client.js';
import { section } from '../../elements/dom.js';
import { gameName } from '../../games/game-texts.js';
import { iconLink } from '../../elements/action-button.js';
import { inviteUrl, personRow } from '../../elements/person-row.js';
import { timeAgo } from '../../elements/relative-time.js';
import { session } from '../../api/session.js';

/** @import { GameMatch, UserSummary } from '../../api/types.js' */

const MATCHES = 20;
const MAX_PEOPLE = 5;

/**
 * A section with them; nothing if there are none.
 * @param {AbortSignal} signal
 */
export async function recentOpponents(signal) {
  const { data } = await api.get(`/matches/?limit=${MATCHES}`, { signal });
  const met = opponentsOf(data);
  if (!met.length) return nothing;
  return section(
    'Recently played',
    html`<ul class="rows person-rows">
      ${met.map(opponentRow)}
    </ul>`,
  );
}

/**
 * The latest match against each of them.
 * @param {GameMatch[]} matches
 * @returns {{ user: UserSummary, match: GameMatch }[]}
 */
function opponentsOf(matches) {
  /** @type {Map<string, { user: UserSummary, match: GameMatch }>} */
  const met = new Map();
  for (const match of matches) {
    for (const { user } of match.players) {
      const isOther = user && user.id !== session.profile?.id && !user.is_deleted;
      if (isOther && !met.has(user.id)) met.set(user.id, { user, match });
    }
  }
  return [...met.values()].slice(0, MAX_PEOPLE);
}

/** @param {{ user: UserSummary, match: GameMatch }} opponent */
const opponentRow = ({ user, match }) =>
  personRow(user, {
    detail: [gameName(match.game), ' ', timeAgo(match.ended_at ?? match.created_at)],
    actions: iconLink('rally', `Invite ${user.display_name} to a game`, inviteUrl(user.username)),
  });
