// The banner for what goes on elsewhere: the user's match, or the search for an opponent.

import { actionButton } from '../elements/action-button.js';
import { gameName } from '../games/game-texts.js';
import { searchClock } from '../games/search-clock.js';
import { onViewOpened } from '../shell/router.js';
import { setActivity } from '../shell/shell.js';
import { html, nothing } from '../vendor/lit.js';
import { matchesStore, matchUrl } from './matches-store.js';
import { queueStore } from './queue-store.js';

/**
 * @import { CurrentMatch, MatchTournament } from './matches-store.js'
 * @import { Search } from './queue-store.js'
 */
/** @typedef {{ key: string | null, content: (signal: AbortSignal) => unknown }} Activity */

let shown = new AbortController();
/** @type {string | null} */
let shownKey = null;

function render() {
  const { key, content } = describe();
  if (key === shownKey) return;
  shown.abort();
  shown = new AbortController();
  shownKey = key;
  setActivity(content(shown.signal));
}

/**
 * What to show, with a key that says when to render again.
 * @returns {Activity}
 */
function describe() {
  const match = matchesStore.current.value;
  const search = queueStore.search.value;
  if (match && location.pathname !== matchUrl(match.match_id))
    return { key: `match ${match.match_id} ${match.tournament?.id ?? ''}`, content: () => matchBanner(match) };
  if (search && location.pathname !== '/play')
    return { key: `search ${search.game}`, content: (signal) => searchBanner(search, signal) };
  return { key: null, content: () => nothing };
}

/** @param {CurrentMatch} match */
function matchBanner({ match_id: id, game, opponent, tournament }) {
  if (tournament) return readyBanner(id, tournament);
  const against = opponent ? ` against ${opponent.display_name}` : '';
  return html`<div class="banner activity" role="status">
    <p>Your match of ${gameName(game)}${against} is on.</p>
    <a href=${matchUrl(id)}>Go to the match</a>
  </div>`;
}

/**
 * @param {string} id
 * @param {MatchTournament} tournament
 */
const readyBanner = (id, { id: tournamentId, name, opponent }) =>
  html`<div class="banner activity" role="status">
    <p>
      <strong>Your match is ready:</strong> against <span dir="auto">${opponent}</span> in
      <a href=${`/tournaments/${tournamentId}`} dir="auto">${name}</a>.
    </p>
    <a href=${matchUrl(id)}>Play</a>
  </div>`;

/**
 * @param {Search} search
 * @param {AbortSignal} signal
 */
function searchBanner({ game }, signal) {
  const name = 'Stop looking for an opponent';
  return html`<div class="banner activity">
    <p role="status">Looking for an opponent in ${gameName(game)}… ${searchClock(signal)}</p>
    ${actionButton('Cancel', () => queueStore.cancel(), { variant: 'link', name })}
  </div>`;
}

/** Shows the banner from now on. */
export function start() {
  matchesStore.current.subscribe(render);
  queueStore.search.subscribe(render);
  onViewOpened(render);
}
