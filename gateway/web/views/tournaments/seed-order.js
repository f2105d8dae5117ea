// @ts-check
// The seeds of a tournament, set by hand.

import { api } from '../../api/client.js';
import { actionButton } from '../../elements/action-button.js';
import { elementOf } from '../../elements/template-parts.js';
import { showToast } from '../../elements/toasts.js';
import { isBeforeStart } from '../../live/tournament-changes.js';
import { html, nothing, render, repeat } from '../../vendor/lit.js';
import { sortedEntrants } from './entrants.js';

/**
 * @import { KnownTournament } from '../../live/tournament-changes.js'
 * @import { PartContext, TournamentEntrant } from './types.js'
 */

const WITHOUT_SEED = ['waiting', 'missed', 'disqualified'];

/**
 * @param {KnownTournament} known
 * @param {PartContext} context
 */
export function seedOrder(known, { open }) {
  const { tournament } = known;
  let entrants = sortedEntrants(known).filter(({ status }) => !WITHOUT_SEED.includes(status));
  if (tournament.seeding !== 'manual' || !isBeforeStart(tournament) || entrants.length < 2) return nothing;
  const list = elementOf(html`<ol class="rows seed-order"></ol>`);
  const move = (/** @type {number} */ from, /** @type {number} */ to) => {
    entrants = moved(entrants, from, to);
    show();
  };
  const show = () =>
    render(
      repeat(
        entrants,
        ({ number }) => number,
        (entrant, index) => seedRow(entrant, index, move),
      ),
      list,
    );
  show();
  const save = async () => {
    await api.put(`/tournaments/${open.id}/seeds/`, { order: entrants.map(({ number }) => number) });
    showToast('Seeds saved.');
  };
  return html`<section class="card" aria-labelledby="seeds">
    <h2 id="seeds">Seeds</h2>
    <p class="hint">The best first: they meet last.</p>
    ${list}
    <div class="actions">${actionButton('Save seeds', save, { variant: 'primary' })}</div>
  </section>`;
}

/**
 * A list with one row moved.
 * @template Row
 * @param {Row[]} rows
 * @param {number} from
 * @param {number} to
 */
function moved(rows, from, to) {
  const rest = rows.toSpliced(from, 1);
  return rest.toSpliced(to, 0, ...rows.slice(from, from + 1));
}

/**
 * @param {TournamentEntrant} entrant
 * @param {number} index
 * @param {(from: number, to: number) => void} move
 */
const seedRow = ({ alias }, index, move) =>
  html`<li class="row">
    <div><span class="entrant-seed">${index + 1}</span> <strong dir="auto">${alias}</strong></div>
    <div class="row-actions">
      <button
        type="button"
        aria-label="Move ${alias} up"
        ?disabled=${index === 0}
        @click=${() => move(index, index - 1)}
      >
        ↑
      </button>
      <button
        type="button"
        aria-label="Move ${alias} to the top"
        ?disabled=${index === 0}
        @click=${() => move(index, 0)}
      >
        ⤒
      </button>
    </div>
  </li>`;
