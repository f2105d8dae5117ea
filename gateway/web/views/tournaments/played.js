// @ts-check
// The tournaments that a user has played.

import { api } from '../../api/client.js';
import { session } from '../../api/session.js';
import { heading } from '../../elements/dom.js';
import { emptyState } from '../../elements/empty-state.js';
import { pageOf, pager } from '../../elements/pager.js';
import { profileUrl } from '../../elements/person-row.js';
import { loadStyles } from '../../styles/load-styles.js';
import { html } from '../../vendor/lit.js';
import { playedList } from './played-list.js';

/** @import { ViewContext } from './types.js' */

const PAGE_SIZE = 20;

/** @param {ViewContext} context */
export default async function view({ params, query, signal }) {
  const username = params.username ?? '';
  const name = encodeURIComponent(username);
  const page = pageOf(query);
  const [{ data: user }, { data: played, meta }] = await Promise.all([
    api.get(`/users/${name}/`, { signal }),
    api.get(`/users/${name}/tournaments/?limit=${PAGE_SIZE}&page=${page}`, { signal }),
    loadStyles('/styles/games.css'),
    loadStyles('/styles/tournaments.css'),
  ]);
  const isOwn = user.id === session.profile?.id;
  const title = isOwn ? 'Your tournaments' : `Tournaments of ${user.display_name}`;
  const address = (/** @type {number} */ next) =>
    `${profileUrl(username)}/tournaments${next > 1 ? `?page=${next}` : ''}`;
  return {
    title,
    content: html`<div class="view-head">
        ${heading(title)}
        <nav class="view-links" aria-label="More"><a href=${profileUrl(username)}>Profile</a></nav>
      </div>
      <div class="card">
        ${played.length ? playedList(played) : emptyState('trophy', 'No tournaments yet.')}
        ${pager({ page, pageSize: PAGE_SIZE, total: meta.total }, address, 'tournaments')}
      </div>`,
  };
}
