// @ts-check
// The head of a tournament's page: what it is, how far it is, and when it goes on.

import { countdown } from '../../elements/countdown.js';
import { heading } from '../../elements/dom.js';
import { plural } from '../../elements/format.js';
import { icon } from '../../elements/icon.js';
import { profileUrl } from '../../elements/person-row.js';
import { timeAgo } from '../../elements/relative-time.js';
import { gameName } from '../../games/game-texts.js';
import { html, nothing } from '../../vendor/lit.js';
import { isOver } from './bracket-layout.js';
import { nextMoment } from './entry-actions.js';
import { aliases, whenKnown } from './known-parts.js';
import { formatName, progressText } from './tournament-texts.js';

/**
 * @import { KnownTournament } from '../../live/tournament-changes.js'
 * @import { PartContext, Tournament } from './types.js'
 */

/** @param {PartContext} context */
export function tournamentHeader(context) {
  const known = context.open.known.value;
  const title = heading(known?.tournament.name ?? '');
  context.open.known.subscribe((next) => {
    if (next && title.textContent !== next.tournament.name) title.textContent = next.tournament.name;
  }, context.signal);
  return html`<header class="court-card tournament-head">
    ${title}
    <div class="tournament-facts" ${whenKnown(context, ({ tournament }) => facts(tournament))}></div>
    <div class="tournament-progress" role="status" ${whenKnown(context, progress)}></div>
  </header>`;
}

/** @param {Tournament} tournament */
function facts({ game, format, organizer, description }) {
  const by = organizer.is_deleted
    ? organizer.display_name
    : html`<a href=${profileUrl(organizer.username)} dir="auto">${organizer.display_name}</a>`;
  return html`<p class="hint">${gameName(game)} · ${formatName(format)} · by ${by}</p>
    ${description ? html`<p class="tournament-description" dir="auto">${description}</p>` : nothing}`;
}

/** @param {KnownTournament} known */
function progress(known) {
  const { tournament } = known;
  return html`<span class="tournament-status" data-status=${tournament.status}>${progressText(tournament)}</span>
    <span>${countText(known)}</span>
    ${momentText(tournament)} ${winnerText(known)}`;
}

/** @param {KnownTournament} known */
function countText({ tournament, bracket }) {
  const { status, entrants, capacity, waiting } = tournament;
  if (!bracket) return `${entrants} of ${capacity} entrants${waiting ? `, ${waiting} waiting` : ''}`;
  if (status !== 'running' && status !== 'paused') return plural(entrants, 'entrant');
  const live = bracket.slots.filter((slot) => slot.status === 'live').length;
  const left = bracket.slots.filter((slot) => !isOver(slot)).length;
  return `${plural(entrants, 'entrant')} ·${live ? ` ${live} live ·` : ''} ${plural(left, 'match', 'matches')} to go`;
}

/** @param {Tournament} tournament */
function momentText(tournament) {
  const next = nextMoment(tournament);
  if (next) return html`<span>${next.text} in <strong>${countdown(next.at)}</strong></span>`;
  if (tournament.status === 'registration') return html`<span>Starts when an organizer starts it</span>`;
  const { ended_at: endedAt } = tournament;
  return endedAt ? html`<span>Ended ${timeAgo(endedAt)}</span>` : nothing;
}

/** @param {KnownTournament} known */
function winnerText(known) {
  const { winner, status } = known.tournament;
  if (status !== 'finished') return nothing;
  if (winner === null) return html`<p class="tournament-winner">No winner</p>`;
  return html`<p class="tournament-winner">
    ${icon('trophy')}<strong dir="auto">${aliases(known)(winner)}</strong><span class="winner-badge">Winner</span>
  </p>`;
}
