// @ts-check
// What a user has played and how well, by game, in figures and charts.

import { api } from '../../api/client.js';
import { session } from '../../api/session.js';
import { avatar, heading } from '../../elements/dom.js';
import { icon } from '../../elements/icon.js';
import { plural } from '../../elements/format.js';
import { profileUrl } from '../../elements/person-row.js';
import { gameName } from '../../games/game-texts.js';
import { loadStyles } from '../../styles/load-styles.js';
import { html, nothing } from '../../vendor/lit.js';
import { ratingHistory } from './rating-history.js';
import { recentForm } from './recent-form.js';
import { resultBar } from './result-bar.js';

/** @import { GameMatch, GameStatistics, HeadToHead, StatisticsOverview, ViewContext } from '../match/types.js' */

const RECENT = 20;

/** @param {ViewContext} context */
export default async function view({ params, signal }) {
  const username = params.username ?? '';
  const name = encodeURIComponent(username);
  const isOther = username !== session.profile?.username;
  const [{ data: overview }, { data: recent }, { data: met }] = await Promise.all([
    api.get(`/stats/?player=${name}`, { signal }),
    api.get(`/matches/?player=${name}&limit=${RECENT}`, { signal }),
    isOther ? api.get(`/stats/head-to-head/?opponent=${name}`, { signal }) : { data: [] },
    loadStyles('/styles/games.css'),
  ]);
  const title = isOther ? `Statistics of ${overview.user.display_name}` : 'Your statistics';
  return {
    title,
    content: html`<div class="view-head">
        <div class="with-face">${avatar(overview.user, 48)}${heading(title)}</div>
        <nav class="view-links" aria-label="More">
          <a href=${profileUrl(username)}>Profile</a>
          <a href=${isOther ? `/matches?player=${name}` : '/matches'}>Matches</a>
        </nav>
      </div>
      ${content(overview, recent, met)}`,
  };
}

/**
 * @param {StatisticsOverview} overview
 * @param {GameMatch[]} recent
 * @param {HeadToHead[]} met
 */
function content({ user, games, totals }, recent, met) {
  if (!games.length) return [noMatches(user.id), totalsPart(totals)];
  return html`${overviewPart(games)} ${met.map(headToHead)} ${recentForm(recent, user.id)} ${games.map(gamePart)}
  ${totalsPart(totals)}`;
}

/** @param {string} userId */
const noMatches = (userId) =>
  html`<div class="card empty">
    ${icon('court')}
    <p>No matches against other people yet.</p>
    ${userId === session.profile?.id ? html`<a class="button primary" href="/play">Play</a>` : nothing}
  </div>`;

/**
 * All games beside each other.
 * @param {GameStatistics[]} games
 */
function overviewPart(games) {
  return html`<section class="card" aria-labelledby="by-game">
    <h2 id="by-game">By game</h2>
    <table class="figures">
      <thead>
        <tr>
          <th scope="col">Game</th>
          <th scope="col">Matches</th>
          <th scope="col">Won</th>
          <th scope="col">Rating</th>
        </tr>
      </thead>
      <tbody>
        ${games.map(
          ({ game, matches, wins, rating }) =>
            html`<tr>
              <th scope="row">${gameName(game)}</th>
              <td>${matches.toLocaleString()}</td>
              <td>${share(wins, matches)}</td>
              <td>${rating ? `${rating.rating}${rating.provisional ? '?' : ''}` : '–'}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

/**
 * @param {number} part
 * @param {number} whole
 */
const share = (part, whole) => `${Math.round((100 * part) / Math.max(1, whole))} %`;

/** @param {HeadToHead} row */
const headToHead = ({ game, opponent, wins, losses, draws }) =>
  html`<section class="card" aria-labelledby=${`met-${game}`}>
    <h2 id=${`met-${game}`}>You against ${opponent.display_name} in ${gameName(game)}</h2>
    ${resultBar({ wins, losses, draws })}
  </section>`;

/** @param {GameStatistics} game */
function gamePart(game) {
  const id = `statistics-${game.game}`;
  return html`<section class="card" aria-labelledby=${id}>
    <h2 id=${id}>${gameName(game.game)}</h2>
    ${resultBar(game)}
    <dl class="statistics">
      ${figures(game).map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    ${ratingHistory(game.rating_history, gameName(game.game))} ${opponents(game)}
  </section>`;
}

/**
 * @param {GameStatistics} game
 * @returns {[string, string | number][]}
 */
function figures(game) {
  const { rating, streak, best_streak: best } = game;
  /** @type {([string, string | number] | null)[]} */
  const all = [
    rating ? ['Rating', `${rating.rating}${rating.provisional ? '?' : ''}`] : null,
    rating ? ['Best rating', rating.peak] : null,
    rating?.rank ? ['Rank', `#${rating.rank}`] : null,
    streak ? [streak > 0 ? 'Won in a row' : 'Lost in a row', Math.abs(streak)] : null,
    best > 1 ? ['Longest streak', best] : null,
    game.points_for > 0 ? ['Points won – lost', `${game.points_for} – ${game.points_against}`] : null,
    game.longest_rally > 0 ? ['Longest rally', plural(game.longest_rally, 'hit')] : null,
    game.duration_ms > 0 ? ['Time played', playTime(game.duration_ms)] : null,
  ];
  return all.filter((figure) => figure !== null);
}

/** @param {number} milliseconds */
function playTime(milliseconds) {
  const minutes = Math.round(milliseconds / 60_000);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60).toLocaleString()} h ${minutes % 60} min`;
}

/** @param {GameStatistics} game */
function opponents({ best_opponent: best, worst_opponent: worst }) {
  const isOne = best?.opponent.id === worst?.opponent.id;
  if (!best && !worst) return nothing;
  return html`<ul class="opponent-records">
    ${best ? opponentRecord('Best against', best) : nothing}
    ${worst && !isOne ? opponentRecord('Hardest against', worst) : nothing}
  </ul>`;
}

/**
 * @param {string} text
 * @param {HeadToHead} row
 */
const opponentRecord = (text, { opponent, wins, losses }) =>
  html`<li>
    <span class="hint">${text}</span>
    <a class="person-link" href=${profileUrl(opponent.username)}>
      ${avatar(opponent, 32)}<strong dir="auto">${opponent.display_name}</strong>
    </a>
    <strong class="points">${wins} – ${losses}</strong>
  </li>`;

/** @param {StatisticsOverview['totals']} totals */
function totalsPart({ users, matches, points, duration_ms: duration }) {
  /** @type {[string, string][]} */
  const all = [
    ['People', users.toLocaleString()],
    ['Matches', matches.toLocaleString()],
    ['Points', points.toLocaleString()],
    ['Time played', playTime(duration)],
  ];
  return html`<section class="card" aria-labelledby="totals">
    <h2 id="totals">Everyone here, all time</h2>
    <dl class="statistics">
      ${all.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}
