// @ts-check
// The games part of a profile: head to head, ratings, statistics, recent matches.

import { html, nothing } from '../../vendor/lit.js';
import { api } from '../../api/client.js';
import { h, section } from '../../elements/dom.js';
import { emptyState } from '../../elements/empty-state.js';
import { shortDuration } from '../../elements/format.js';
import { gameName } from '../../games/game-texts.js';
import { matchRow } from '../../elements/match-row.js';
import { inviteUrl } from '../../elements/person-row.js';
import { ratingChart } from '../../elements/rating-chart.js';
import { session } from '../../api/session.js';
import { loadStyles } from '../../styles/load-styles.js';

/**
 * @import { GameMatch, GameStatistics, HeadToHead, PublicProfile } from '../../api/types.js'
 * @import { Failure } from '../../elements/format.js'
 * @typedef {[name: string, value: string | number]} Figure
 */

const RECENT_COUNT = 5;

/**
 * Loads what a user has played; nothing for a private profile.
 * @param {PublicProfile} user
 * @param {AbortSignal} signal
 */
export async function personGames(user, signal) {
  if (user.restricted) return [];
  try {
    return await loadGames(user, signal);
  } catch (error) {
    if (/** @type {Failure} */ (error).code === 'games.history_private') return [];
    throw error;
  }
}

/**
 * @param {PublicProfile} user
 * @param {AbortSignal} signal
 */
async function loadGames(user, signal) {
  const name = encodeURIComponent(user.username);
  const isOther = user.id !== session.profile?.id;
  const [statistics, recent, met] = await Promise.all([
    api.get(`/stats/?player=${name}`, { signal }),
    api.get(`/matches/?player=${name}&limit=${RECENT_COUNT}`, { signal }),
    isOther ? api.get(`/stats/head-to-head/?opponent=${name}`, { signal }) : { data: [] },
    loadStyles('/styles/games.css'),
  ]);
  const hasOlder = Boolean(recent.meta?.next);
  return [
    met.data.length
      ? section(
          'You against each other',
          met.data.map((/** @type {HeadToHead} */ one) => duel(one, user)),
        )
      : nothing,
    ...statistics.data.games.map(gameSection),
    recentSection(user, recent.data, hasOlder),
  ];
}

/**
 * Wins of both as figures and as a bar.
 * @param {HeadToHead} record
 * @param {PublicProfile} user
 */
function duel({ game, wins, losses, draws }, user) {
  const drawn = draws ? `, ${draws} drawn` : '';
  return html`<div class="duel">
    <p class="visually-hidden">${gameName(game)}: you won ${wins}, lost ${losses}${drawn}.</p>
    <div class="duel-figures" aria-hidden="true">
      <span>You <strong>${wins}</strong></span>
      <span class="hint">${gameName(game)}${drawn}</span>
      <span dir="auto"><strong>${losses}</strong> ${user.display_name}</span>
    </div>
    <div class="duel-bar" aria-hidden="true">${share(wins, 'own')}${share(draws, '')}${share(losses, 'other')}</div>
  </div>`;
}

/**
 * @param {number} count
 * @param {string} name
 */
function share(count, name) {
  if (!count) return nothing;
  const part = h(name ? `i.${name}` : 'i');
  part.style.setProperty('--share', String(count));
  return part;
}

/** @param {GameStatistics} game */
function gameSection(game) {
  const days = game.rating_history;
  const entries = figures(game).map(
    ([name, value]) =>
      html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`,
  );
  return section(
    gameName(game.game),
    html`<dl class="statistics">${entries}</dl>
      ${days.length > 1 ? ratingChart(days) : nothing}
      ${
        game.rating?.provisional
          ? html`<p class="hint">The rating is provisional until a few more ranked matches are played.</p>`
          : nothing
      }
      ${opponents(game)}`,
  );
}

/**
 * Only what there is: a zero says nothing.
 * @param {GameStatistics} game
 * @returns {Figure[]}
 */
function figures(game) {
  const { rating } = game;
  const share = game.matches ? `${Math.round((100 * game.wins) / game.matches)} %` : '';
  /** @type {[string, string | number, unknown][]} */
  const all = [
    ['Rating', rating?.provisional ? `${rating.rating}?` : (rating?.rating ?? ''), rating],
    ['Rank', `#${rating?.rank}`, rating?.rank],
    ['Matches', game.matches.toLocaleString(), game.matches],
    ['Won', `${game.wins.toLocaleString()} (${share})`, game.wins],
    ['Lost', game.losses.toLocaleString(), game.losses],
    ['Drawn', game.draws.toLocaleString(), game.draws],
    ['Longest streak', game.best_streak, game.best_streak > 1],
    ['Points', game.points_for.toLocaleString(), game.points_for],
    ['Longest rally', game.longest_rally, game.longest_rally],
    ['Time played', shortDuration(game.duration_ms / 1000), game.duration_ms >= 1000],
  ];
  return all.filter(([, , isThere]) => Boolean(isThere)).map(([name, value]) => [name, value]);
}

/** @param {GameStatistics} game */
function opponents({ best_opponent: best, worst_opponent: worst }) {
  const hasWorst = worst && worst.opponent.id !== best?.opponent.id;
  if (!best && !hasWorst) return nothing;
  return html`<div>
    ${best ? opponentLine('Best against', best) : nothing}
    ${hasWorst ? opponentLine('Hardest against', worst) : nothing}
  </div>`;
}

/**
 * @param {string} text
 * @param {HeadToHead} record
 */
const opponentLine = (text, { opponent, wins, losses }) =>
  html`<p>${text} <strong dir="auto">${opponent.display_name}</strong> (${wins} : ${losses})</p>`;

/**
 * @param {PublicProfile} user
 * @param {GameMatch[]} matches
 * @param {boolean} hasOlder
 */
function recentSection(user, matches, hasOlder) {
  if (!matches.length) return section('Recent matches', noMatches(user));
  const rows = matches.map((match) => matchRow(match, user.id));
  const all = `/matches?player=${encodeURIComponent(user.username)}`;
  return section(
    'Recent matches',
    html`<ul class="match-rows">
        ${rows}
      </ul>
      ${hasOlder ? html`<p><a href=${all}>All matches</a></p>` : nothing}`,
  );
}

/** @param {PublicProfile} user */
function noMatches(user) {
  const isOwn = user.id === session.profile?.id;
  const text = isOwn ? 'Your matches appear here.' : `${user.display_name} has not played yet.`;
  const href = isOwn ? '/play' : inviteUrl(user.username);
  return emptyState('court', text, [h('a.button', { href }, isOwn ? 'Play' : 'Be the first opponent')]);
}
