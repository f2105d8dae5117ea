// @ts-check
// The best players of a game, and the current user's place among them.

import { ApiError, api } from '../../api/client.js';
import { avatar, heading } from '../../elements/dom.js';
import { segmentedControl, selectField } from '../../elements/forms.js';
import { icon } from '../../elements/icon.js';
import { pageOf, pager } from '../../elements/pager.js';
import { profileUrl } from '../../elements/person-row.js';
import { following } from '../../elements/template-parts.js';
import { showError } from '../../elements/toasts.js';
import { GAMES } from '../../games/game-texts.js';
import { createSignal } from '../../live/signal.js';
import { replaceAddress } from '../../shell/router.js';
import { loadStyles } from '../../styles/load-styles.js';
import { html, nothing, repeat } from '../../vendor/lit.js';
import { ownPlace } from './own-place.js';
import { seasonsUntil } from './seasons.js';

/** @import { LeaderboardEntry, ViewContext } from '../match/types.js' */
/** @typedef {{ game: string, show: string, season: string }} Choice */
/** @typedef {{ entries: LeaderboardEntry[], total: number, page: number }} Shown */

const PAGE_SIZE = 50;
/** @type {[string, string][]} */
const SHOWS = [
  ['top', 'Top'],
  ['me', 'Around me'],
  ['friends', 'Friends'],
];
/** @type {Record<string, string>} */
const EMPTY_TEXTS = {
  top: 'Nobody is on this leaderboard.',
  me: 'You are not on this leaderboard.',
  friends: 'None of your friends is on this leaderboard.',
};

/** @param {ViewContext} context */
export default async function view({ params, query, signal }) {
  const seasons = seasonsUntil(new Date());
  const choice = choiceOf(params, query, seasons);
  const [first, { data: home }] = await Promise.all([
    load(choice, pageOf(query), signal),
    api.get('/home/', { signal }),
    loadStyles('/styles/games.css'),
  ]);
  const shown = createSignal(first);
  const game = createSignal(choice.game);
  const change = async (/** @type {Partial<Choice>} */ changes) => {
    Object.assign(choice, changes);
    replaceAddress(addressOf(choice)(1));
    game.set(choice.game);
    const asked = { ...choice };
    const next = await load(choice, 1, signal).catch(showError);
    if (next && isSame(asked, choice)) shown.set(next);
  };
  return {
    title: 'Leaderboards',
    content: html`${heading('Leaderboards')}
      <div ${following([game], () => ownPlace(game.value, home.ratings), signal)}></div>
      <div class="card">
        <div class="filters">${pickers(choice, seasons, change)}</div>
        <div class="stack" ${following([shown], () => board(choice, shown.value), signal)}></div>
      </div>`,
  };
}

/**
 * What an address chooses.
 * @param {Record<string, string>} params
 * @param {URLSearchParams} query
 * @param {[string, string][]} seasons
 * @returns {Choice}
 */
function choiceOf(params, query, seasons) {
  const show = SHOWS.map(([key]) => key).find((key) => key === query.get('show')) ?? 'top';
  const current = seasons[0]?.[0] ?? '';
  const season = seasons.map(([name]) => name).find((name) => name === query.get('season')) ?? current;
  return { game: params.game ?? GAMES[0]?.[0] ?? '', show, season };
}

/**
 * @param {Choice} a
 * @param {Choice} b
 */
const isSame = (a, b) => a.game === b.game && a.show === b.show && a.season === b.season;

/** @param {Choice} choice */
const addressOf =
  ({ game, show, season }) =>
  (/** @type {number} */ page) =>
    `/leaderboards/${game}?${new URLSearchParams({ show, season, ...(page > 1 ? { page: String(page) } : {}) })}`;

/**
 * @param {Choice} choice
 * @param {[string, string][]} seasons
 * @param {(changes: Partial<Choice>) => void} change
 */
function pickers(choice, seasons, change) {
  const season = selectField('season', 'Season', seasons, { value: choice.season });
  season.input.addEventListener('change', () => change({ season: season.input.value }));
  return [
    segmentedControl('game', 'Game', GAMES, choice.game, (/** @type {string} */ game) => change({ game })),
    segmentedControl('show', 'Show', SHOWS, choice.show, (/** @type {string} */ show) => change({ show })),
    season.element,
  ];
}

/**
 * @param {Choice} choice
 * @param {number} page
 * @param {AbortSignal} signal
 * @returns {Promise<Shown>}
 */
async function load({ game, show, season }, page, signal) {
  const query = new URLSearchParams({ limit: String(PAGE_SIZE), page: String(page), season });
  if (show === 'me') query.set('around', 'me');
  if (show === 'friends') query.set('friends', 'true');
  try {
    const { data, meta } = await api.get(`/leaderboards/${encodeURIComponent(game)}/?${query}`, { signal });
    return { entries: data, total: meta.total, page };
  } catch (error) {
    const isUnranked = error instanceof ApiError && error.code === 'games.not_ranked';
    if (!isUnranked) throw error;
    return { entries: [], total: 0, page: 1 };
  }
}

/**
 * @param {Choice} choice
 * @param {Shown} shown
 */
function board(choice, { entries, total, page }) {
  if (!entries.length)
    return html`<div class="empty" role="status">
      ${icon('court')}
      <p>${EMPTY_TEXTS[choice.show]}</p>
      <a class="button" href="/play?game=${choice.game}&opponent=random">Play a ranked match</a>
    </div>`;
  const pages =
    choice.show === 'me' ? nothing : pager({ page, pageSize: PAGE_SIZE, total }, addressOf(choice), 'the leaderboard');
  return html`<table class="leaderboard">
      <caption class="visually-hidden">
        Leaderboard
      </caption>
      <thead>
        <tr>
          <th scope="col">Rank</th>
          <th scope="col">Player</th>
          <th scope="col">Rating</th>
          <th scope="col">Best</th>
          <th scope="col">Matches</th>
        </tr>
      </thead>
      <tbody>
        ${repeat(entries, ({ user }) => user.id, row)}
      </tbody>
    </table>
    ${pages}`;
}

/** @param {LeaderboardEntry} entry */
const row = ({ rank, user, rating, peak, matches, is_me: isMe }) =>
  html`<tr aria-current=${isMe ? 'true' : nothing}>
    <td class="rank"><span data-rank=${rank <= 3 ? rank : nothing}>${rank}</span></td>
    <th scope="row">
      <a class="person-link" href=${profileUrl(user.username)}>
        ${avatar(user, 36)}<span dir="auto">${user.display_name}</span
        >${isMe ? html`<span class="badge on">You</span>` : nothing}
      </a>
    </th>
    <td class="rating">${rating}</td>
    <td>${peak}</td>
    <td>${matches}</td>
  </tr>`;
