// @ts-check
// The result of a match that has just ended, and what comes next.

import { api } from '../../api/client.js';
import { actionButton } from '../../elements/action-button.js';
import { cancellationText, reasonText } from '../../games/game-texts.js';
import { isAtOneKeyboard, otherSeat, playerIn } from '../../games/match-state.js';
import { matchesStore } from '../../live/matches-store.js';
import { navigate, openCurrentView } from '../../shell/router.js';
import { html, nothing } from '../../vendor/lit.js';
import { playersOf } from './players.js';
import { changeText } from './rating-change.js';
import { shareButton } from './share.js';

/** @import { GameMatch, JoinedMatch, LiveMatch, MatchKnown } from './types.js' */

/**
 * The panel over the court.
 * @param {MatchKnown} match
 * @param {GameMatch} stored
 * @param {LiveMatch} live
 */
export function resultPanel(match, stored, live) {
  return html`${match.phase === 'canceled' ? canceled(match) : finished(match)}
    <div class="actions">${nextButtons(match, stored, live)}</div>`;
}

/** @param {MatchKnown} match */
const canceled = ({ cancellation }) =>
  html`<p class="overlay-title">No result</p>
    <p>${cancellationText(cancellation?.reason)}</p>`;

/** @param {MatchKnown} match */
function finished(match) {
  const { joined, result } = match;
  if (!joined || !result) return html`<p class="overlay-title">Match over</p>`;
  const reason = reasonText(result.reason);
  return html`<p class="overlay-title">${titleOf(match)}</p>
    <p class="final-score">${result.score.join(' – ')}</p>
    ${reason ? html`<p>Decided ${reason}.</p>` : nothing} ${joined.seat ? ratingLine(match) : nothing}`;
}

/** @param {MatchKnown} match */
function titleOf(match) {
  const { joined, result } = match;
  if (!result?.winner) return 'Draw';
  if (joined?.seat && !isAtOneKeyboard(joined)) return result.winner === joined.seat ? 'You won!' : 'You lost';
  return `${playerIn(match, result.winner).name} won!`;
}

/** @param {MatchKnown} match */
function ratingLine({ joined, result }) {
  const change = result?.rating_change?.[joined?.seat === 'second' ? 1 : 0];
  if (change === undefined) return nothing;
  return html`<p class="rating-line">Rating ${changeText(change)}</p>`;
}

/**
 * @param {MatchKnown} match
 * @param {GameMatch} stored
 * @param {LiveMatch} live
 */
function nextButtons(match, stored, live) {
  const { joined, phase } = match;
  const details = actionButton('Match details', () => openCurrentView());
  const home = html`<a class="button" href="/">Home</a>`;
  const share = phase === 'finished' && joined ? shareButton(endedMatch(stored, match)) : nothing;
  return html`${joined?.seat ? againButtons(match, joined, stored, live) : nothing}${details}${share}${home}`;
}

/**
 * The match with the score that it ended with.
 * @param {GameMatch} stored
 * @param {MatchKnown} match
 * @returns {GameMatch}
 */
function endedMatch(stored, { score }) {
  const [first, second] = playersOf(stored);
  return {
    ...stored,
    state: 'finished',
    players: [
      { ...first, score: score[0] ?? 0 },
      { ...second, score: score[1] ?? 0 },
    ],
  };
}

/**
 * @param {MatchKnown} match
 * @param {JoinedMatch} joined
 * @param {GameMatch} stored
 * @param {LiveMatch} live
 */
function againButtons(match, joined, stored, live) {
  if (joined.mode === 'tournament') return tournamentLink(joined);
  const again = AGAIN[joined.mode];
  if (again) return actionButton('Play again', () => again(stored, joined), { variant: 'primary' });
  return html`${match.connection === 'open' ? rematchButtons(match, joined, live) : nothing}${requeueLink(joined)}`;
}

/** @param {JoinedMatch} joined */
function tournamentLink({ match_id: id }) {
  const tournament = matchesStore.tournamentOf(id);
  const href = tournament ? `/tournaments/${tournament.id}` : '/tournaments?show=mine';
  return html`<a class="button primary" href=${href}>Back to the tournament</a>`;
}

/** How to play again where nobody else has to agree. @type {Record<string, (stored: GameMatch, joined: JoinedMatch) => Promise<void>>} */
const AGAIN = {
  practice: async ({ game, options }, { players }) => {
    const skill = players.find(({ type }) => type === 'computer')?.skill ?? null;
    const { data } = await api.post(`/games/${game}/practice/`, { level: await levelOf(game, skill), options });
    await open(data.id);
  },
  local: async ({ game, options }, { players: [first, second] }) => {
    const { data } = await api.post(`/games/${game}/local/`, { players: [first.name, second.name], options });
    await open(data.id);
  },
};

/** @param {string} id */
const open = (id) => navigate(`/matches/${id}`, { replace: true });

/**
 * The level of the computer's skill; a skill between the levels follows the user.
 * @param {string} slug
 * @param {number | null} skill
 */
async function levelOf(slug, skill) {
  const { data: games } = await api.get('/games/');
  return games.find((game) => game.slug === slug)?.levels.find((level) => level.skill === skill)?.name ?? 'adaptive';
}

/** @param {JoinedMatch} joined */
const requeueLink = ({ mode, game }) =>
  mode === 'casual' || mode === 'ranked'
    ? html`<a class="button" href="/play?game=${game}&opponent=random">New opponent</a>`
    : nothing;

/**
 * @param {MatchKnown} match
 * @param {JoinedMatch} joined
 * @param {LiveMatch} live
 */
function rematchButtons(match, { seat }, live) {
  const { rematch } = match;
  if (!seat) return nothing;
  const { name } = playerIn(match, otherSeat(seat));
  const send = (/** @type {'rematch_offer' | 'rematch_accept' | 'rematch_decline'} */ action) => () =>
    live.request(action);
  if (rematch.matchId) return html`<p>Starting the rematch…</p>`;
  if (rematch.declinedBy)
    return html`<p>${rematch.declinedBy === seat ? 'Rematch declined.' : `${name} declined a rematch.`}</p>`;
  if (rematch.offeredBy === seat) return html`<p>Waiting for ${name} to accept…</p>`;
  if (!rematch.offeredBy) return actionButton('Rematch', send('rematch_offer'), { variant: 'primary' });
  return html`<p>${name} offers a rematch.</p>
    ${actionButton('Accept', send('rematch_accept'), { variant: 'primary', name: 'Accept the rematch' })}
    ${actionButton('Decline', send('rematch_decline'), { name: 'Decline the rematch' })}`;
}
