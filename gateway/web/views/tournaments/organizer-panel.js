// @ts-check
// What organizers do: start, pause and cancel, decide disputes, invite, and change the settings.

import { api } from '../../api/client.js';
import { actionButton } from '../../elements/action-button.js';
import { confirm } from '../../elements/dialogs.js';
import { plural } from '../../elements/format.js';
import { elementOf } from '../../elements/template-parts.js';
import { createSignal } from '../../live/signal.js';
import { isBeforeStart } from '../../live/tournament-changes.js';
import { navigate } from '../../shell/router.js';
import { html, nothing, render } from '../../vendor/lit.js';
import { editSettings } from './edit-settings.js';
import { whenKnown } from './known-parts.js';
import { coOrganizers, entrantsToRemove, inviteButton } from './organizer-people.js';
import { seedOrder } from './seed-order.js';
import { slotButton } from './slot-dialog.js';

/**
 * @import { KnownTournament } from '../../live/tournament-changes.js'
 * @import { PartContext, Tournament } from './types.js'
 */
/** @typedef {'open' | 'start' | 'pause' | 'resume'} Step */

/** @param {PartContext} context */
export function organizerPanel(context) {
  return html`<section
      class="card"
      aria-label="Course of the tournament"
      ${whenKnown(context, (known) => course(known, context))}
    ></section>
    <div ${whenKnown(context, (known) => disputes(known, context))}></div>
    ${steady(context, ({ tournament }) => [tournament.status, tournament.seeding, tournament.revision], seedOrder)}
    ${steady(context, ({ tournament }) => tournament.co_organizers, coOrganizers)}
    ${steady(context, ({ tournament }) => isBeforeStart(tournament), editSettings)}
    <div ${whenKnown(context, (known) => entrantsToRemove(known, context))}></div>`;
}

/**
 * A part with fields: it is rendered again only if what it depends on has changed, so that what one types stays.
 * @param {PartContext} context
 * @param {(known: KnownTournament) => unknown} keyOf
 * @param {(known: KnownTournament, context: PartContext) => unknown} part
 */
function steady(context, keyOf, part) {
  const { open, signal } = context;
  const element = elementOf(html`<div></div>`);
  const key = createSignal('');
  open.known.subscribe((known) => known && key.set(JSON.stringify(keyOf(known)) ?? ''), signal);
  key.subscribe(() => open.known.value && render(part(open.known.value, context), element), signal);
  return element;
}

/**
 * @param {KnownTournament} known
 * @param {PartContext} context
 */
function course({ tournament }, context) {
  const { status } = tournament;
  const step = (/** @type {Step} */ name) => () => take(name, context);
  const isOver = status === 'finished' || status === 'canceled';
  if (isOver) return html`<p>The tournament is over.</p>`;
  return html`<div class="actions">
    ${status === 'draft' ? actionButton('Open registration', step('open'), { variant: 'primary' }) : nothing}
    ${canStart(tournament) ? actionButton('Start now', () => confirmStart(tournament, context), { variant: 'primary' }) : nothing}
    ${status === 'running' ? actionButton('Pause', step('pause')) : nothing}
    ${status === 'paused' ? actionButton('Resume', step('resume'), { variant: 'primary' }) : nothing}
    ${isBeforeStart(tournament) ? inviteButton(context) : nothing}
    ${actionButton('Cancel tournament', () => confirmCancellation(tournament, context), { variant: 'danger' })}
  </div>`;
}

/** @param {Tournament} tournament */
const canStart = ({ status }) => status === 'registration' || status === 'check_in';

/**
 * @param {Step} step
 * @param {PartContext} context
 */
async function take(step, { open }) {
  await api.post(`/tournaments/${open.id}/${step}/`);
  await open.load();
}

/**
 * @param {Tournament} tournament
 * @param {PartContext} context
 */
async function confirmStart({ entrants, status }, context) {
  const who = status === 'check_in' ? 'Those who have not checked in are left out.' : 'Nobody can register afterwards.';
  await confirm('Start now?', `${plural(entrants, 'entrant')}. ${who}`, 'Start');
  await take('start', context);
}

/**
 * @param {Tournament} tournament
 * @param {PartContext} context
 */
async function confirmCancellation({ status }, { open }) {
  const text =
    status === 'draft' ? 'The draft is deleted.' : 'Its matches end without a result. This cannot be undone.';
  await confirm('Cancel the tournament?', text, 'Cancel tournament');
  await api.remove(`/tournaments/${open.id}/`);
  if (status === 'draft') await navigate('/tournaments?show=mine');
  else await open.load();
}

/**
 * @param {KnownTournament} known
 * @param {PartContext} context
 */
function disputes(known, context) {
  const disputed = known.bracket?.slots.filter((slot) => slot.disputed) ?? [];
  if (!disputed.length) return nothing;
  return html`<section class="card" aria-labelledby="disputes">
    <h2 id="disputes">Disputed results</h2>
    <p class="hint">What depends on them waits for your decision, for ten minutes at most.</p>
    <div class="actions">${disputed.map((slot) => slotButton(slot, context, known))}</div>
  </section>`;
}
