// @ts-check
// Beside the choice of an opponent: the user's ratings, and what can be watched.

import { api } from '../../api/client.js';
import { gameName } from '../../games/game-texts.js';
import { html } from '../../vendor/lit.js';
import { liveMatchList } from '../matches/live-match-list.js';

/** @import { GameRating } from './types.js' */

const MAX_LIVE = 3;

/** @param {AbortSignal} signal */
export async function playAside(signal) {
  const [{ data: home }, { data: live }] = await Promise.all([
    api.get('/home/', { signal }),
    api.get(`/matches/live/?limit=${MAX_LIVE}`, { signal }),
  ]);
  return html`<aside class="play-aside" aria-label="Ratings and live matches">
    <section class="card" aria-labelledby="play-ratings">
      <h2 id="play-ratings">Your ratings</h2>
      ${
        home.ratings.length
          ? html`<ul class="ladder">
              ${home.ratings.map(ratingItem)}
            </ul>`
          : html`<p class="hint">Your first ranked match gives you one.</p>`
      }
      <nav class="play-links" aria-label="Games">
        <a href="/leaderboards/pong">Leaderboards</a>
        <a href="/matches">Your matches</a>
        <a href="/tournaments">Tournaments</a>
      </nav>
    </section>
    <section class="card" aria-labelledby="play-live">
      <h2 id="play-live">Live now</h2>
      ${live.length ? liveMatchList(live) : html`<p class="hint">Nobody is playing right now.</p>`}
      <p><a href="/matches/live">Watch live matches</a></p>
    </section>
  </aside>`;
}

/** @param {GameRating} row */
function ratingItem({ game, rating: { rating, rank, provisional } }) {
  return html`<li>
    <a href="/leaderboards/${game}?show=me">
      <span>${gameName(game)}</span>
      <strong>${rating}${provisional ? '?' : ''}</strong>
      <span class="hint">${rank ? `Rank ${rank}` : 'Not ranked yet'}</span>
    </a>
  </li>`;
}
