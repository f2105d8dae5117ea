// The search for an opponent. It goes on while the user looks around.

import * as api from '../api.js';
import { onEvent } from './collections.js';
import { ReconnectingSocket } from './reconnecting-socket.js';
import { createSignal } from './signal.js';

/** The search, or null: `{ game, options, since, position, band, others, estimate, paused, error }`. */
export const search = createSignal(null);

let socket = null;
/** The game and the options of the latest search. */
let latest = null;

/**
 * Looks for an opponent in a game, with options that matter; those left out may have any value.
 * Throws an `ApiError` if the user may not.
 */
export async function start(game, options) {
  reset();
  await enter(game, options);
  wait(game, options);
}

/** Keeps the place in the queue, and shows how the search goes. */
function wait(game, options) {
  const query = new URLSearchParams({ game, ...options });
  const current = new ReconnectingSocket(`/ws/matchmaking/?${query}`);
  socket = current;
  latest = { game, options };
  search.set({ game, options, since: performance.now(), position: null, band: null, others: 0, estimate: null, paused: false, error: null });
  current.on('queued', ({ waited, ...data }) => update({ ...data, since: performance.now() - waited * 1000 }));
  current.status.subscribe((status) => {
    if (status === 'stopped' && socket === current) update({ error: current.closeReason || 'The search has ended. Try again.' });
  });
  current.start();
}

/** Ends the search, and leaves the queue. */
export async function cancel() {
  const game = search.value?.game;
  reset();
  if (game) await api.remove(`/games/${game}/queue/`);
}

/** Ends the search at logout. */
export function reset() {
  socket?.stop();
  socket = null;
  search.set(null);
}

async function enter(game, options) {
  try {
    await api.post(`/games/${game}/queue/`, { options });
  } catch (error) {
    // The place from before the page was reloaded, which the socket takes over.
    if (error.code !== 'games.queued') throw error;
  }
}

function update(changes) {
  if (search.value) search.set({ ...search.value, ...changes });
}

onEvent('game_found', reset);
// The opponent did not come: the server has put the user back in the queue.
onEvent('match_canceled', ({ game, requeued }) => {
  if (requeued) wait(game, latest?.game === game ? latest.options : {});
});
