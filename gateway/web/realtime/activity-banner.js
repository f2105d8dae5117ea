// The banner for what goes on elsewhere: the user's match, or the search for an opponent.

import { actionButton } from '../action-button.js';
import { h } from '../dom.js';
import { gameName } from '../games/game-texts.js';
import { searchClock } from '../games/search-clock.js';
import { onViewOpened } from '../router.js';
import { setActivity } from '../shell.js';
import { current, matchUrl } from './matches-store.js';
import * as queueStore from './queue-store.js';

let shown = new AbortController();
let shownKey = null;

function render() {
  const { key, content } = describe();
  if (key === shownKey) return;
  shown.abort();
  shown = new AbortController();
  shownKey = key;
  setActivity(content?.(shown.signal) ?? null);
}

/** What to show, with a key that says when to render again. */
function describe() {
  const match = current.value;
  const search = queueStore.search.value;
  if (match && location.pathname !== matchUrl(match.match_id)) return { key: `match ${match.match_id}`, content: () => matchBanner(match) };
  if (search && location.pathname !== '/play') return { key: `search ${search.game}`, content: (signal) => searchBanner(search, signal) };
  return { key: null, content: null };
}

function matchBanner({ match_id: id, game, opponent }) {
  const text = opponent ? `Your match of ${gameName(game)} against ${opponent.display_name} is on.` : `Your match of ${gameName(game)} is on.`;
  return h('div.banner.activity', { role: 'status' }, h('p', {}, text), h('a', { href: matchUrl(id) }, 'Go to the match'));
}

function searchBanner({ game }, signal) {
  return h('div.banner.activity', {}, h('p', { role: 'status' }, `Looking for an opponent in ${gameName(game)}… `, searchClock(signal)),
    actionButton('Cancel', () => queueStore.cancel(), { variant: 'link', name: 'Stop looking for an opponent' }));
}

/** Shows the banner from now on. */
export function start() {
  current.subscribe(render);
  queueStore.search.subscribe(render);
  onViewOpened(render);
}
