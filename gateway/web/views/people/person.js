// @ts-check
// A user's public profile.

import { html, nothing } from '../../vendor/lit.js';
import { api } from '../../api/client.js';
import { avatar, fill, h, heading } from '../../elements/dom.js';
import { formatDate } from '../../elements/format.js';
import { statusLabel } from '../../elements/person-row.js';
import { friendsStore } from '../../live/friends-store.js';
import { session } from '../../api/session.js';
import { loadStyles } from '../../styles/load-styles.js';
import { onRelation, personActions, personMenu } from './person-actions.js';
import { personGames } from './person-games.js';
import { personTournaments } from './person-tournaments.js';

/**
 * @import { PublicProfile } from '../../api/types.js'
 * @import { ViewContext } from '../view-context.js'
 */

/** @param {ViewContext} context */
export default async function view({ params, signal }) {
  const [{ data: user }] = await Promise.all([
    api.get(`/users/${encodeURIComponent(params.username ?? '')}/`, { signal }),
    friendsStore.ready('friends', 'incoming', 'outgoing', 'blocks'),
    loadStyles('/styles/people.css'),
  ]);
  const [games, tournaments] = await Promise.all([personGames(user, signal), personTournaments(user, signal)]);
  return { title: user.display_name, content: html`${profileCard(user, signal)} ${tournaments} ${games}` };
}

/**
 * @param {PublicProfile} user
 * @param {AbortSignal} signal
 */
function profileCard(user, signal) {
  const isOwn = user.id === session.profile?.id;
  const joined = user.date_joined ? ` · joined ${formatDate(user.date_joined)}` : '';
  return html`<section class="card" aria-label="Profile">
    <div class="person-head">
      ${avatar(user, 96)}
      <div>
        ${heading(user.display_name)}
        <p class="hint">@${user.username}${joined}</p>
        ${isOwn ? nothing : friendStatus(user, signal)}
      </div>
      ${isOwn ? nothing : personMenu(user, signal)}
    </div>
    ${user.bio ? html`<p class="bio" dir="auto">${user.bio}</p>` : nothing}
    ${
      isOwn
        ? html`<div class="actions"><a class="button" href="/settings/profile">Edit your profile</a></div>`
        : personActions(user, signal)
    }
    ${user.restricted ? html`<p class="hint">The rest of ${user.display_name}’s profile is private.</p>` : nothing}
  </section>`;
}

/**
 * What a friend does right now.
 * @param {PublicProfile} user
 * @param {AbortSignal} signal
 */
function friendStatus(user, signal) {
  const line = h('p.person-status', { role: 'status' });
  onRelation(
    user,
    ({ friend }) => {
      line.hidden = !friend;
      const dot = h('span.status-dot', { 'aria-hidden': 'true', 'data-status': friend?.status });
      fill(line, dot, `Your friend. ${statusLabel(friend?.status)}.`);
    },
    signal,
  );
  return line;
}
