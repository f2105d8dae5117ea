// @ts-check
// The matches of a user, newest first, with filters.

import { ApiError, api } from '../../api/client.js';
import { session } from '../../api/session.js';
import { heading } from '../../elements/dom.js';
import { plural } from '../../elements/format.js';
import { matchRow } from '../../elements/match-row.js';
import { pageOf, pager } from '../../elements/pager.js';
import { profileUrl } from '../../elements/person-row.js';
import { following } from '../../elements/template-parts.js';
import { showError } from '../../elements/toasts.js';
import { friendsStore } from '../../live/friends-store.js';
import { createSignal } from '../../live/signal.js';
import { replaceAddress } from '../../shell/router.js';
import { loadStyles } from '../../styles/load-styles.js';
import { html, nothing, repeat } from '../../vendor/lit.js';
import { FILTERS, historyFilters } from './history-filters.js';

/** @import { GameMatch, ViewContext } from '../match/types.js' */
/** @typedef {Record<string, string>} Filters */
/** @typedef {{ matches: GameMatch[], total: number, page: number, problem: string }} Shown */

const PAGE_SIZE = 20;

/** @param {ViewContext} context */
export default async function view({ query, signal }) {
  const own = session.profile?.username ?? '';
  const username = query.get('player') ?? own;
  const isOwn = username === own;
  const [user] = await Promise.all([
    isOwn && session.profile
      ? session.profile
      : api.get(`/users/${encodeURIComponent(username)}/`, { signal }).then(({ data }) => data),
    friendsStore.ready('friends'),
    loadStyles('/styles/games.css'),
  ]);
  /** @type {Filters} */
  const filters = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? '']));
  const shown = createSignal(await load(username, filters, pageOf(query), signal));
  const change = filterChanger({ username, isOwn, filters, shown, signal });
  const title = isOwn ? 'Your matches' : `Matches of ${user.display_name}`;
  const { form, clear } = historyFilters(filters, change);
  const content = () =>
    html`${status(filters, shown.value, clear)} ${list(user, shown.value, addressOf(isOwn ? null : username, filters))}`;
  return {
    title,
    content: html`<div class="view-head">${heading(title)}${links(username, isOwn)}</div>
      <div class="card">
        ${form}
        <div class="stack" ${following([shown], content, signal)}></div>
      </div>`,
  };
}

/**
 * @param {string} username
 * @param {boolean} isOwn
 */
const links = (username, isOwn) =>
  html`<nav class="view-links" aria-label="More">
    ${isOwn ? nothing : html`<a href=${profileUrl(username)}>Profile</a>`}
    <a href="${profileUrl(username)}/statistics">Statistics</a>
  </nav>`;

/**
 * Loads the matches again whenever a filter changes. Only the last change counts.
 * @param {{ username: string, isOwn: boolean, filters: Filters, shown: import('../../live/signal.js').Signal<Shown>, signal: AbortSignal }} list
 */
function filterChanger({ username, isOwn, filters, shown, signal }) {
  let latest = 0;
  return async (/** @type {Filters} */ changes) => {
    Object.assign(filters, changes);
    replaceAddress(addressOf(isOwn ? null : username, filters)(1));
    const request = (latest += 1);
    try {
      const next = await load(username, filters, 1, signal);
      if (request === latest) shown.set(next);
    } catch (error) {
      showError(error);
    }
  };
}

/**
 * @param {string} username
 * @param {Filters} filters
 * @param {number} page
 * @param {AbortSignal} signal
 * @returns {Promise<Shown>}
 */
async function load(username, filters, page, signal) {
  const query = new URLSearchParams({
    player: username,
    limit: String(PAGE_SIZE),
    page: String(page),
    ...given(filters),
  });
  try {
    const { data, meta } = await api.get(`/matches/?${query}`, { signal });
    return { matches: data, total: meta.total, page, problem: '' };
  } catch (error) {
    // The opponent that was typed, as the player is there.
    const isUnknown = error instanceof ApiError && error.status === 404 && filters.opponent;
    if (!isUnknown) throw error;
    return { matches: [], total: 0, page: 1, problem: `Nobody is called ${filters.opponent}.` };
  }
}

/**
 * The filters that are set.
 * @param {Filters} filters
 */
const given = (filters) => Object.fromEntries(Object.entries(filters).filter(([, value]) => value));

/**
 * @param {string | null} player
 * @param {Filters} filters
 */
const addressOf = (player, filters) => (/** @type {number} */ page) => {
  const query = new URLSearchParams({
    ...(player ? { player } : {}),
    ...given(filters),
    ...(page > 1 ? { page: String(page) } : {}),
  });
  return query.size ? `/matches?${query}` : '/matches';
};

/**
 * @param {Filters} filters
 * @param {Shown} shown
 * @param {() => void} clear
 */
function status(filters, { total, problem }, clear) {
  const text = problem || (total ? plural(total, 'match', 'matches') : emptyText(filters));
  const isFiltered = Object.keys(given(filters)).length > 0;
  return html`<div class="list-status">
    <p class="hint" role="status">${text}</p>
    ${isFiltered ? html`<button type="button" class="link" @click=${clear}>Clear filters</button>` : nothing}
  </div>`;
}

/**
 * @param {{ id: string }} user
 * @param {Shown} shown
 * @param {(page: number) => string} address
 */
const list = (user, { matches, total, page }, address) =>
  html`<ul class="match-rows">
      ${repeat(
        matches,
        ({ id }) => id,
        (match) => matchRow(match, user.id),
      )}
    </ul>
    ${pager({ page, pageSize: PAGE_SIZE, total }, address, 'matches')}`;

/** @param {Filters} filters */
function emptyText(filters) {
  if (Object.keys(given(filters)).length) return 'No matches like that.';
  return html`No matches yet. <a href="/play">Play the first one</a>.`;
}
