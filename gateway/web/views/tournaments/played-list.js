// @ts-check
// Tournaments that somebody has played, with the place that they came.

import { ordinal, plural } from '../../elements/format.js';
import { timeAgo } from '../../elements/relative-time.js';
import { gameName } from '../../games/game-texts.js';
import { html, nothing, repeat } from '../../vendor/lit.js';
import { formatName, statusName, tournamentUrl } from './tournament-texts.js';

/** @import { PlayedTournament } from './types.js' */

const MEDALS = 3;

/** @param {PlayedTournament[]} played */
export const playedList = (played) =>
  html`<ul class="match-rows">
    ${repeat(played, ({ id }) => id, row)}
  </ul>`;

/** @param {PlayedTournament} played */
function row({ id, name, game, format, status, entrants, alias, place, started_at: startedAt }) {
  return html`<li>
    <a class="match-row" href=${tournamentUrl(id)}>
      <span class="place-medal" data-rank=${place && place <= MEDALS ? place : nothing}>${place ?? '–'}</span>
      <span class="match-row-text">
        <strong dir="auto">${name}</strong>
        <span class="hint"
          >${gameName(game)} · ${formatName(format)}${startedAt ? html` · ${timeAgo(startedAt)}` : nothing}</span
        >
      </span>
      <span class="played-place">
        <strong>${place ? ordinal(place) : statusName(status)}</strong>
        <span class="hint">of ${plural(entrants, 'entrant')}, as <span dir="auto">${alias}</span></span>
      </span>
    </a>
  </li>`;
}
