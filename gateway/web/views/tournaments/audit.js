// @ts-check
// What organizers and entrants did, newest first.

import { api } from '../../api/client.js';
import { emptyState } from '../../elements/empty-state.js';
import { timeAgo } from '../../elements/relative-time.js';
import { html, nothing } from '../../vendor/lit.js';
import { slotTitles } from './bracket-layout.js';
import { pagedList } from './paged-list.js';
import { actText } from './tournament-texts.js';

/** @import { PartContext, TournamentAuditEntry, TournamentSlot } from './types.js' */

/** @param {PartContext} context */
export function auditList({ open, signal }) {
  const slots = open.known.value?.bracket?.slots ?? [];
  return pagedList({
    className: 'audit',
    load: (query) => api.get(`/tournaments/${open.id}/audit/?${query}`, { signal }),
    keyOf: (/** @type {TournamentAuditEntry} */ { n }) => n,
    row: (entry) => auditRow(entry, slots),
    empty: () => emptyState('shield', 'Nothing has been decided or changed yet.'),
  });
}

/**
 * @param {TournamentAuditEntry} entry
 * @param {TournamentSlot[]} slots
 */
const auditRow = ({ at, actor, act, slot, reason }, slots) =>
  html`<li>
    <p>
      <strong dir="auto">${actor?.display_name ?? 'The server'}</strong> ${actText(act)}${placeText(slot, slots)}.
      ${timeAgo(at, 'time.hint')}
    </p>
    ${reason ? html`<p class="hint" dir="auto">“${reason}”</p>` : nothing}
  </li>`;

/**
 * @param {string | null} name
 * @param {TournamentSlot[]} slots
 */
function placeText(name, slots) {
  const slot = slots.find((one) => one.slot === name);
  return slot ? ` (${slotTitles(slots)(slot)}, match ${slot.position})` : '';
}
