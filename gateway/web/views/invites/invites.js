// @ts-check
// Game invites: received, sent and recent.

import { api } from '../../api/client.js';
import { uniqueId } from '../../elements/dom.js';
import { emptyState } from '../../elements/empty-state.js';
import { elementOf, following } from '../../elements/template-parts.js';
import { invitesStore } from '../../live/invites-store.js';
import { matchUrl } from '../../live/matches-store.js';
import { html, nothing, repeat } from '../../vendor/lit.js';
import { inboxStyles, inboxTabs } from '../notifications/inbox-tabs.js';
import { openInviteFriend } from './invite-friend.js';
import { receivedRow, recentRow, sentRow, startCountdown } from './invite-row.js';

/** @typedef {import('../../api/types.js').Invite} Invite */
/** @typedef {{ id: string, text: string, matchId: string | null }} Outcome */

const RECENT_COUNT = 10;
const TITLE = 'Invites';

/** @param {{ signal: AbortSignal }} context */
export default async function view({ signal }) {
  const [recent] = await Promise.all([
    api.get(`/invites/?limit=${RECENT_COUNT}`, { signal }),
    invitesStore.ready(),
    inboxStyles(),
  ]);
  const { received, sent, outcomes } = invitesStore;
  startCountdown(signal);
  const content = html`<h1 tabindex="-1">${TITLE}</h1>
    <div class="inbox-head">${inboxTabs('/invites', signal)}</div>
    <div class="live-part" role="status" ${following([outcomes], () => outcomeList(outcomes.value), signal)}></div>
    <div class="live-part" ${following([received], () => receivedSection(received.value), signal)}></div>
    <div class="live-part" ${following([sent], () => sentSection(sent.value), signal)}></div>
    ${recentSection(recent.data.filter((/** @type {Invite} */ invite) => invite.status !== 'pending'))}`;
  return { title: TITLE, content };
}

/**
 * The outcomes of invites since the page was loaded.
 *
 * @param {Outcome[]} outcomes
 */
function outcomeList(outcomes) {
  if (!outcomes.length) return nothing;
  return html`<ul class="card rows">
    ${repeat(
      outcomes,
      ({ id }) => id,
      ({ text, matchId }) =>
        html`<li>
          <p dir="auto">${text}</p>
          ${matchId ? html`<p><a href=${matchUrl(matchId)}>Go to the match</a></p>` : nothing}
        </li>`,
    )}
  </ul>`;
}

/** @param {Invite[]} invites */
function receivedSection(invites) {
  const invite = html`<button type="button" class="primary" @click=${openInviteFriend}>Invite a friend</button>`;
  if (invites.length)
    return html`${inviteSection('Invites for you', invites, receivedRow)}
      <div class="actions">${invite}</div>`;
  return html`<section class="card" aria-label="Invites for you">
    ${emptyState('invite', 'No invites. Ask a friend for a match.', [elementOf(invite)])}
  </section>`;
}

/** @param {Invite[]} invites */
const sentSection = (invites) => (invites.length ? inviteSection('Sent invites', invites, sentRow) : nothing);

/** @param {Invite[]} invites */
const recentSection = (invites) => (invites.length ? inviteSection('Recent', invites, recentRow) : nothing);

/**
 * @param {string} title
 * @param {Invite[]} invites
 * @param {(invite: Invite) => unknown} row
 */
function inviteSection(title, invites, row) {
  const id = uniqueId('section');
  return html`<section class="card inbox" aria-labelledby=${id}>
    <h2 id=${id}>${title}</h2>
    <ul class="inbox-rows">
      ${repeat(invites, (invite) => invite.id, row)}
    </ul>
  </section>`;
}
