// @ts-check
// Tournaments as cards.

import { countdown } from '../../elements/countdown.js';
import { ordinal, plural } from '../../elements/format.js';
import { icon } from '../../elements/icon.js';
import { timeAgo } from '../../elements/relative-time.js';
import { gameName } from '../../games/game-texts.js';
import { html, nothing, repeat } from '../../vendor/lit.js';
import { nextMoment, ownEntry } from './entry-actions.js';
import { entrantStatusName, formatName, progressText, tournamentUrl } from './tournament-texts.js';

/** @import { Tournament } from './types.js' */

/** @param {Tournament[]} tournaments */
export const tournamentList = (tournaments) =>
  html`<ul class="tournament-cards">
    ${repeat(tournaments, ({ id }) => id, card)}
  </ul>`;

/** @param {Tournament} tournament */
function card(tournament) {
  const { id, name, game, format, organizer, status } = tournament;
  return html`<li>
    <a class="tournament-card" href=${tournamentUrl(id)} data-status=${status}>
      <span class="tournament-card-icon">${icon('trophy')}</span>
      <span class="tournament-card-text">
        <strong dir="auto">${name}</strong>
        <span class="hint">${gameName(game)} · ${formatName(format)}</span>
        <span class="hint">by <span dir="auto">${organizer.display_name}</span></span>
      </span>
      <span class="tournament-card-side">
        <span class="badge" data-status=${status}>${progressText(tournament)}</span>
        <span class="hint">${fillText(tournament)}</span>
        ${moment(tournament)} ${ownText(tournament)}
      </span>
    </a>
  </li>`;
}

/** @param {Tournament} tournament */
function fillText({ status, entrants, capacity, waiting }) {
  if (!['draft', 'registration', 'check_in'].includes(status)) return plural(entrants, 'entrant');
  return `${entrants} of ${capacity}${waiting ? `, ${waiting} waiting` : ''}`;
}

/** @param {Tournament} tournament */
function moment(tournament) {
  const next = nextMoment(tournament);
  if (next) return html`<span class="hint">${next.text} in ${countdown(next.at)}</span>`;
  const { ended_at: endedAt } = tournament;
  return endedAt ? html`<span class="hint">${timeAgo(endedAt)}</span>` : nothing;
}

/** @param {Tournament} tournament */
function ownText(tournament) {
  const entry = ownEntry(tournament);
  if (!entry) return nothing;
  const text = entry.place ? `You: ${ordinal(entry.place)}` : `You: ${entrantStatusName(entry.status).toLowerCase()}`;
  return html`<span class="badge on">${text}</span>`;
}
