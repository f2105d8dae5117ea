// @ts-check
// Tournaments as a way to play: those that are open, and a new one.

import { api } from '../../api/client.js';
import { loadStyles } from '../../styles/load-styles.js';
import { html } from '../../vendor/lit.js';
import { tournamentList } from '../tournaments/tournament-list.js';

/** @import { OpponentPanel } from './types.js' */

const COUNT = 3;

/** @type {OpponentPanel} */
export async function tournamentPanel({ game, signal }) {
  const [{ data: open }] = await Promise.all([
    api.get(`/tournaments/?status=registration&game=${encodeURIComponent(game.slug)}&limit=${COUNT}`, { signal }),
    loadStyles('/styles/tournaments.css'),
  ]);
  return html`${open.length ? tournamentList(open) : html`<p>No tournament in ${game.title} is open right now.</p>`}
    <div class="actions">
      <a class="button primary" href="/tournaments/new?game=${game.slug}">Create tournament</a>
      <a class="button" href="/tournaments">All tournaments</a>
    </div>`;
}
