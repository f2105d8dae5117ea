// @ts-check
// The table of round robin and Swiss.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { markedNumbers } from './entry-actions.js';
import { whenKnown } from './known-parts.js';
import { scoreTableRows, tieBreakNames } from './score-table-rows.js';

/**
 * @import { KnownTournament } from '../../live/tournament-changes.js'
 * @import { ScoreTableRow } from './score-table-rows.js'
 * @import { PartContext } from './types.js'
 */

const MEDALS = ['1', '2', '3'];

/** @param {PartContext} context */
export const scoreTable = (context) => html`<div class="card" ${whenKnown(context, table)}></div>`;

/** @param {KnownTournament} known */
function table(known) {
  const { bracket } = known;
  if (!bracket) return nothing;
  const own = markedNumbers(known);
  const tieBreaks = tieBreakNames(bracket.table);
  return html`<table class="leaderboard score-table">
      <caption class="visually-hidden">
        Standings
      </caption>
      <thead>
        <tr>
          <th scope="col">Place</th>
          <th scope="col">Entrant</th>
          <th scope="col">Points</th>
          <th scope="col">Won–drawn–lost</th>
          ${tieBreaks.map(
            ({ name, short }) => html`<th scope="col" class="tie-break"><abbr title=${name}>${short}</abbr></th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${repeat(
          scoreTableRows(bracket),
          ({ number }) => number,
          (row) => tableRow(row, own.includes(row.number)),
        )}
      </tbody>
    </table>
    <p class="hint">
      A win gives 1 point, a draw ½. Equal points are decided by ${tieBreaks.map(({ name }) => name).join(', then ')}.
    </p>`;
}

/**
 * @param {ScoreTableRow} row
 * @param {boolean} isOwn
 */
const tableRow = ({ place, alias, points, record, tieBreaks, isGone }, isOwn) =>
  html`<tr aria-current=${isOwn ? 'true' : nothing} data-gone=${isGone ? 'true' : nothing}>
    <td class="rank"><span data-rank=${MEDALS.includes(place) ? place : nothing}>${place}</span></td>
    <th scope="row">
      <span dir="auto">${alias}</span>${isOwn ? html`<span class="badge on">You</span>` : nothing}
      ${isGone ? html`<span class="hint">left</span>` : nothing}
    </th>
    <td class="rating">${points}</td>
    <td>${record.won}–${record.drawn}–${record.lost}</td>
    ${tieBreaks.map((value) => html`<td class="tie-break">${value}</td>`)}
  </tr>`;
