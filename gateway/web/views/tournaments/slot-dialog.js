// @ts-check
// What there is to know about a slot, and what can be done: watch it, dispute it, decide about it.

import { api } from '../../api/client.js';
import { openDialog } from '../../elements/dialogs.js';
import { form, selectField, textArea } from '../../elements/forms.js';
import { isCanceled } from '../../elements/format.js';
import { showToast } from '../../elements/toasts.js';
import { elementOf } from '../../elements/template-parts.js';
import { matchUrl } from '../../live/matches-store.js';
import { html, nothing } from '../../vendor/lit.js';
import { isOver, slotTitles } from './bracket-layout.js';
import { ownNumbers } from './entry-actions.js';
import { aliases } from './known-parts.js';
import { howText, pairingText } from './tournament-texts.js';

/**
 * @import { KnownTournament } from '../../live/tournament-changes.js'
 * @import { PartContext, SlotDecision, TournamentSlot } from './types.js'
 */
/** @typedef {{ known: KnownTournament, slot: TournamentSlot, context: PartContext, done: (result: null) => void }} DialogParts */

const MAX_REASON_LENGTH = 500;
const UNDER_WAY = ['running', 'paused'];
const WITHOUT_MATCH = ['bye', 'requested_bye'];

/**
 * Opens the dialog of a slot; resolves when it is closed.
 * @param {TournamentSlot} slot
 * @param {PartContext} context
 */
export async function openSlot(slot, context) {
  const known = context.open.known.value;
  if (!known) return;
  const title = slotTitles(known.bracket?.slots ?? [])(slot);
  try {
    await openDialog(title, (/** @type {(result: null) => void} */ done, dialog) => {
      // A view that is left takes its dialog with it.
      context.signal.addEventListener('abort', () => dialog.close(), { once: true });
      return elementOf(html`<div class="stack slot-dialog">${content({ known, slot, context, done })}</div>`);
    });
  } catch (error) {
    if (!isCanceled(error)) throw error;
  }
}

/** @param {DialogParts} parts */
function content(parts) {
  const { known, slot } = parts;
  const aliasOf = aliases(known);
  return html`<dl class="slot-result">
      ${slot.entrants.map(
        (number, index) =>
          html`<div data-won=${String(number !== null && slot.winner === number)}>
            <dt dir="auto">${aliasOf(number) || 'Not known yet'}</dt>
            <dd>${slot.score?.[index] ?? '–'}</dd>
          </div>`,
      )}
    </dl>
    <p>${stateText(slot, aliasOf)}</p>
    ${matchLink(slot, parts.done)} ${disputePart(parts)} ${decisionPart(parts)}`;
}

/**
 * @param {TournamentSlot} slot
 * @param {(number: number | null | undefined) => string} aliasOf
 */
function stateText({ status, winner, how, disputed }, aliasOf) {
  if (disputed) return 'The result is disputed. What depends on it waits for an organizer.';
  if (winner !== null) return `${`${aliasOf(winner)} won ${howText(how)}`.trim()}.`;
  if (status === 'done') return 'A draw.';
  if (status === 'live') return 'The match is being played.';
  if (status === 'called') return 'The match is open. Both players are awaited.';
  if (status === 'waiting') return 'The match opens when both players are free.';
  return isOver({ status }) ? 'Nobody went on.' : 'The players are not known yet.';
}

/**
 * @param {TournamentSlot} slot
 * @param {(result: null) => void} done
 */
function matchLink({ match_id: id, status }, done) {
  if (!id) return nothing;
  const text = isOver({ status }) ? 'Match and replay' : 'Go to the match';
  return html`<div class="actions">
    <a class="button primary" href=${matchUrl(id)} @click=${() => done(null)}>${text}</a>
  </div>`;
}

/** @param {DialogParts} parts */
function disputePart({ known, slot, context, done }) {
  const own = ownNumbers(known.tournament);
  const isOwn = slot.entrants.some((number) => number !== null && own.includes(number));
  const canDispute =
    isOwn &&
    isOver(slot) &&
    !slot.disputed &&
    slot.how !== null &&
    !WITHOUT_MATCH.includes(slot.how) &&
    UNDER_WAY.includes(known.tournament.status);
  if (!canDispute) return nothing;
  return html`<details class="options">
    <summary>Dispute the result</summary>
    ${form({
      label: 'Dispute the result',
      danger: true,
      fields: [
        reasonField('What is wrong?', 'Within ten minutes after the match. Organizers and entrants can read it.'),
      ],
      submit: 'Dispute',
      onSubmit: async ({ reason }) => {
        await api.post(`/tournaments/${context.open.id}/dispute/`, { slot: slot.slot, reason });
        finish(context, done, 'The organizers have been asked to decide.');
      },
    })}
  </details>`;
}

/** @param {DialogParts} parts */
function decisionPart({ known, slot, context, done }) {
  const { is_organizer: isOrganizer, status } = known.tournament;
  if (!isOrganizer || !UNDER_WAY.includes(status) || !isOver(slot) || slot.entrants.includes(null)) return nothing;
  const choice = selectField('choice', 'Decision', choicesFor(slot, aliases(known)), {
    value: slot.disputed ? 'uphold' : 'replay',
  });
  return html`<details class="options" ?open=${slot.disputed}>
    <summary>Decide as an organizer</summary>
    ${form({
      label: 'Decide',
      fields: [choice, reasonField('Reason', 'It is kept in the audit trail.')],
      submit: 'Decide',
      onSubmit: async ({ choice: text, reason }) => {
        await api.post(`/tournaments/${context.open.id}/slots/${slot.slot}/decide/`, { ...decisionOf(text), reason });
        finish(context, done, 'Decided.');
      },
    })}
  </details>`;
}

/**
 * @param {TournamentSlot} slot
 * @param {(number: number | null | undefined) => string} aliasOf
 * @returns {[string, string][]}
 */
function choicesFor({ disputed, entrants }, aliasOf) {
  /** @type {[string, string][]} */
  const uphold = disputed ? [['uphold', 'The result stands']] : [];
  const awards = entrants.map(
    (number) => /** @type {[string, string]} */ ([`award ${number}`, `${aliasOf(number)} wins`]),
  );
  return [...uphold, ['replay', 'Play it again'], ...awards];
}

/**
 * @param {string} text
 * @returns {{ decision: SlotDecision, winner?: number }}
 */
function decisionOf(text) {
  const [decision, winner] = text.split(' ');
  return decision === 'award'
    ? { decision, winner: Number(winner) }
    : { decision: decision === 'uphold' ? 'uphold' : 'replay' };
}

/**
 * @param {string} label
 * @param {string} hint
 */
const reasonField = (label, hint) =>
  textArea('reason', label, { required: true, maxlength: MAX_REASON_LENGTH, hint, autocapitalize: 'sentences' });

/**
 * @param {PartContext} context
 * @param {(result: null) => void} done
 * @param {string} text
 */
function finish({ open }, done, text) {
  done(null);
  showToast(text);
  open.refresh();
}

/**
 * A button that opens the dialog of a slot.
 * @param {TournamentSlot} slot
 * @param {PartContext} context
 * @param {KnownTournament} known
 */
export const slotButton = (slot, context, known) =>
  html`<button type="button" @click=${() => openSlot(slot, context)}>${pairingText(slot, aliases(known))}</button>`;
