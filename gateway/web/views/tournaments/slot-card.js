// @ts-check
// A slot in a bracket or a round: who meets whom, and how it stands. It opens what else there is to know.

import { countdown } from '../../elements/countdown.js';
import { html, nothing } from '../../vendor/lit.js';
import { isOver } from './bracket-layout.js';
import { shortHow } from './tournament-texts.js';

/** @import { BracketEntrant, TournamentSlot } from './types.js' */
/**
 * @typedef {object} SlotContext
 * @property {Map<number, BracketEntrant>} entrants By number.
 * @property {number[]} own The numbers of the user's entries.
 * @property {(slot: TournamentSlot) => unknown} open
 */

/**
 * @param {TournamentSlot} slot
 * @param {SlotContext} context
 */
export function slotCard(slot, { entrants, own, open }) {
  const side = (/** @type {0 | 1} */ index) => slotSide(slot, index, { entrants, own });
  return html`<button
    type="button"
    class="slot"
    data-slot=${slot.slot}
    data-status=${slot.status}
    @click=${() => open(slot)}
  >
    ${side(0)}${side(1)} ${note(slot)}
  </button>`;
}

/**
 * @param {TournamentSlot} slot
 * @param {0 | 1} index
 * @param {Pick<SlotContext, 'entrants' | 'own'>} context
 */
function slotSide(slot, index, { entrants, own }) {
  const number = slot.entrants[index] ?? null;
  if (number === null) return html`<span class="slot-side empty-side">${emptyText(slot)}</span>`;
  const entrant = entrants.get(number);
  const isWinner = slot.winner === number;
  return html`<span
    class="slot-side"
    data-won=${isOver(slot) ? String(isWinner) : nothing}
    data-own=${own.includes(number) ? 'true' : nothing}
  >
    <span class="slot-seed">${entrant?.seed ?? ''}</span>
    <span class="slot-alias" dir="auto">${entrant?.alias ?? `#${number}`}</span>
    ${isWinner ? html`<span class="visually-hidden">won</span>` : nothing}
    <strong class="slot-score">${slot.score?.[index] ?? ''}</strong>
  </span>`;
}

/** @param {TournamentSlot} slot */
function emptyText({ how, status }) {
  if (how === 'bye' || how === 'requested_bye') return 'Bye';
  if (status === 'void') return '–';
  return status === 'walkover' ? 'Nobody' : html`<span class="visually-hidden">Not known yet</span>`;
}

/** @param {TournamentSlot} slot */
function note({ status, how, call_at: at, deadline, disputed }) {
  if (disputed) return html`<span class="slot-note" data-kind="disputed">Disputed</span>`;
  if (status === 'live') return html`<span class="slot-note live-dot" data-kind="live">Live</span>`;
  if (status === 'called')
    return html`<span class="slot-note" data-kind="called"
      >Called${deadline ? html` · ${countdown(deadline)}` : nothing}</span
    >`;
  if (status === 'waiting' && at) return html`<span class="slot-note">Opens in ${countdown(at)}</span>`;
  const text = shortHow(how);
  return text && how !== 'bye' && (status !== 'void' || how === 'no_show')
    ? html`<span class="slot-note">${text}</span>`
    : nothing;
}
