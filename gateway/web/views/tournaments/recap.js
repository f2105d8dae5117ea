// @ts-check
// Every match of a tournament, as they ended, with its replay.

import { api } from '../../api/client.js';
import { emptyState } from '../../elements/empty-state.js';
import { shortTimeAgo } from '../../elements/relative-time.js';
import { matchUrl } from '../../live/matches-store.js';
import { html, nothing } from '../../vendor/lit.js';
import { slotTitles } from './bracket-layout.js';
import { pagedList } from './paged-list.js';
import { shortHow } from './tournament-texts.js';

/** @import { PartContext, TournamentRecapMatch } from './types.js' */

/** @param {PartContext} context */
export function recapList({ open, signal }) {
  const titleOf = slotTitles(open.known.value?.bracket?.slots ?? []);
  return pagedList({
    className: 'recap',
    load: (query) => api.get(`/tournaments/${open.id}/recap/?${query}`, { signal }),
    keyOf: (/** @type {TournamentRecapMatch} */ { slot }) => slot.slot,
    row: (one) => recapRow(one, titleOf(one.slot)),
    empty: () => emptyState('court', 'The results of all matches appear here.'),
  });
}

/**
 * @param {TournamentRecapMatch} recap
 * @param {string} title
 */
function recapRow({ slot, aliases, match }, title) {
  const content = html`<span class="recap-round hint"
      >${title}${match?.ended_at ? html` · ${shortTimeAgo(match.ended_at)}` : nothing}</span
    >
    ${side(slot, aliases, 0)}
    <strong class="recap-score">${slot.score ? slot.score.join(' – ') : shortHow(slot.how) || '–'}</strong>
    ${side(slot, aliases, 1)}
    <span class="recap-more hint">${moreText(slot.score ? shortHow(slot.how) : '', match?.has_replay ?? false)}</span>`;
  if (!slot.match_id) return html`<li><div class="recap-row">${content}</div></li>`;
  return html`<li><a class="recap-row" href=${matchUrl(slot.match_id)}>${content}</a></li>`;
}

/**
 * @param {TournamentRecapMatch['slot']} slot
 * @param {TournamentRecapMatch['aliases']} aliases
 * @param {0 | 1} index
 */
function side({ entrants, winner }, aliases, index) {
  const number = entrants[index];
  const isWinner = number !== null && winner === number;
  return html`<span class="recap-side" data-side=${index} data-won=${String(isWinner)} dir="auto"
    >${aliases[index] ?? '–'}${isWinner ? html`<span class="visually-hidden"> (winner)</span>` : nothing}</span
  >`;
}

/**
 * @param {string} how
 * @param {boolean} hasReplay
 */
const moreText = (how, hasReplay) => [how, hasReplay ? 'Replay' : ''].filter(Boolean).join(' · ');
