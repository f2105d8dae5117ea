// The match that the user is in.

import * as api from '../api.js';
import { navigate } from '../router.js';
import { createLoader, onEvent } from './collections.js';
import { createSignal } from './signal.js';

/** The user's live match, or null: `{ match_id, game, opponent }`; the opponent may be missing. */
export const current = createSignal(null);

const loader = createLoader(async () => {
  const { data } = await api.get('/home/');
  current.set(data.engagement?.match_id ? data.engagement : null);
});

/** Loads the match once. */
export const ready = () => loader.ready();

/** Reloads the match if it was loaded. */
export const refresh = () => loader.refresh();

/** Clears the store at logout. */
export function reset() {
  loader.reset();
  current.set(null);
}

export const matchUrl = (id) => `/matches/${id}`;

/** Notes a match that the user has opened as a player. */
export function noteMatch(match) {
  if (current.value?.match_id !== match.match_id) current.set(match);
}

/** Notes that a match has ended. */
export function noteEnd(id) {
  if (current.value?.match_id === id) current.set(null);
}

/** Opens a match that has been found, unless the user looks elsewhere or is writing. */
function open({ match_id: id }) {
  const isHere = document.visibilityState === 'visible' && !isWriting(document.activeElement);
  if (isHere && location.pathname !== matchUrl(id)) navigate(matchUrl(id));
}

const isWriting = (element) => Boolean(element?.matches?.('input[type=text], textarea') && element.value);

onEvent('game_found', (found) => {
  if (current.value?.match_id === found.match_id) return;
  current.set(found);
  open(found);
});
for (const name of ['match_finished', 'match_canceled']) onEvent(name, ({ match_id: id }) => noteEnd(id));
