// @ts-check
// The rounds of round robin and Swiss, one at a time.

import { elementOf } from '../../elements/template-parts.js';
import { html, nothing, render, repeat } from '../../vendor/lit.js';
import { currentRound, isOver, roundsOf } from './bracket-layout.js';
import { markedNumbers } from './entry-actions.js';
import { slotCard } from './slot-card.js';
import { openSlot } from './slot-dialog.js';

/**
 * @import { KnownTournament } from '../../live/tournament-changes.js'
 * @import { PlacedSlot } from './bracket-layout.js'
 * @import { PartContext, TournamentSlot } from './types.js'
 */

/** A round of a large tournament has more matches than anyone reads: the user's and those that are played come first. */
const MAX_SHOWN = 60;

/** @param {PartContext} context */
export function roundsView(context) {
  const { open, signal } = context;
  const element = elementOf(html`<div class="stack"></div>`);
  /** @type {{ round: number | null, isWhole: boolean }} */
  const choice = { round: null, isWhole: false };
  const choose = (/** @type {Partial<typeof choice>} */ changes) => {
    Object.assign(choice, changes);
    update();
  };
  const update = () => {
    if (open.known.value) render(content(open.known.value, context, choice, choose), element);
  };
  open.known.subscribe(update, signal);
  return element;
}

/**
 * @param {KnownTournament} known
 * @param {PartContext} context
 * @param {{ round: number | null, isWhole: boolean }} choice
 * @param {(changes: { round?: number, isWhole?: boolean }) => void} choose
 */
function content(known, context, choice, choose) {
  const slots = known.bracket?.slots ?? [];
  const playOff = slots.filter(({ part }) => part === 'play_off');
  const rounds = [
    ...roundsOf(
      slots.filter(({ part }) => part !== 'play_off'),
      (round) => `Round ${round}`,
    ),
    ...roundsOf(playOff, () => 'Play-off').map((round) => ({ ...round, round: PLAY_OFF + round.round })),
  ];
  const wanted = choice.round ?? currentRound(rounds);
  const index = Math.max(
    0,
    rounds.findIndex(({ round }) => round === wanted),
  );
  const shown = rounds[index];
  if (!shown) return html`<p class="card">The first round is being drawn.</p>`;
  const step = (/** @type {number} */ by) => () =>
    choose({ round: rounds[index + by]?.round ?? wanted, isWhole: false });
  return html`<section class="card" aria-labelledby="round-title">
    <div class="round-head">
      ${stepButton('Previous round', '‹', index > 0, step(-1))}
      <h2 id="round-title">${shown.title}<span class="hint"> of ${roundCount(known, rounds.length)}</span></h2>
      ${stepButton('Next round', '›', index < rounds.length - 1, step(1))}
    </div>
    ${slotGrid(shown.slots, known, context, choice.isWhole)}
    ${
      !choice.isWhole && shown.slots.length > MAX_SHOWN
        ? html`<button type="button" @click=${() => choose({ isWhole: true })}>
            Show all ${shown.slots.length} matches
          </button>`
        : nothing
    }
  </section>`;
}

/** Play-offs come after all rounds. */
const PLAY_OFF = 1_000;

/**
 * @param {KnownTournament} known
 * @param {number} known_rounds
 */
const roundCount = ({ tournament: { rounds } }, known_rounds) => rounds ?? known_rounds;

/**
 * @param {string} name
 * @param {string} sign
 * @param {boolean} isThere
 * @param {() => void} onClick
 */
const stepButton = (name, sign, isThere, onClick) =>
  html`<button type="button" aria-label=${name} ?disabled=${!isThere} @click=${onClick}>${sign}</button>`;

/**
 * @param {PlacedSlot[]} slots
 * @param {KnownTournament} known
 * @param {PartContext} context
 * @param {boolean} isWhole
 */
function slotGrid(slots, known, context, isWhole) {
  const own = markedNumbers(known);
  const entrants = new Map(known.bracket?.entrants.map((entrant) => [entrant.number, entrant]));
  const slotContext = { entrants, own, open: (/** @type {TournamentSlot} */ slot) => openSlot(slot, context) };
  const isOwn = (/** @type {TournamentSlot} */ slot) =>
    slot.entrants.some((number) => number !== null && own.includes(number));
  const weight = (/** @type {PlacedSlot} */ { slot }) => (isOwn(slot) ? 0 : isOver(slot) ? 2 : 1);
  const isLarge = slots.length > MAX_SHOWN;
  const ordered = isLarge ? [...slots].sort((a, b) => weight(a) - weight(b)) : slots;
  return html`<ol class="slot-grid">
    ${repeat(
      isWhole ? ordered : ordered.slice(0, MAX_SHOWN),
      ({ slot }) => slot.slot,
      ({ slot }) => html`<li data-path=${isOwn(slot) ? 'been' : nothing}>${slotCard(slot, slotContext)}</li>`,
    )}
  </ol>`;
}
