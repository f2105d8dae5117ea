// @ts-check
// What the current user does in a tournament: register, check in, leave, and play.

import { api } from '../../api/client.js';
import { session } from '../../api/session.js';
import { actionButton } from '../../elements/action-button.js';
import { countdown } from '../../elements/countdown.js';
import { confirm } from '../../elements/dialogs.js';
import { form, textField } from '../../elements/forms.js';
import { ordinal } from '../../elements/format.js';
import { elementOf } from '../../elements/template-parts.js';
import { showToast } from '../../elements/toasts.js';
import { createSignal } from '../../live/signal.js';
import { matchUrl } from '../../live/matches-store.js';
import { html, nothing, render } from '../../vendor/lit.js';
import { entryActions, isAbsent, isOpenForEntries, ownEntry, ownNumbers } from './entry-actions.js';
import { aliases } from './known-parts.js';
import { entrantStatusName } from './tournament-texts.js';

/**
 * @import { KnownTournament } from '../../live/tournament-changes.js'
 * @import { OwnEntry } from './entry-actions.js'
 * @import { PartContext, Tournament, TournamentSlot } from './types.js'
 */

const MAX_ALIAS_LENGTH = 24;
const STATES_OF_MATCHES = ['called', 'live'];

/**
 * The panel. It is rendered again when what it shows has changed, so that what one types stays.
 * @param {PartContext} context
 */
export function entryPanel(context) {
  const { open, signal } = context;
  const element = elementOf(html`<div class="stack"></div>`);
  const key = createSignal('');
  open.known.subscribe((known) => known && key.set(keyOf(known)), signal);
  key.subscribe(() => open.known.value && render(content(open.known.value, context), element), signal);
  return element;
}

/** @param {KnownTournament} known */
function keyOf(known) {
  const { status, own_entries: entries, round, format } = known.tournament;
  const slots = ownSlots(known).map(({ slot, status: state, deadline, call_at: at }) => [slot, state, deadline, at]);
  const absent = entries.map((entry) => isAbsent(known, entry));
  return JSON.stringify([status, isOpenForEntries({ status, format, round }), entries, slots, absent]);
}

/**
 * The user's slots that are called, or else the one that comes next: who hosts others plays one match at a time.
 * @param {KnownTournament} known
 * @returns {TournamentSlot[]}
 */
function ownSlots({ tournament, bracket }) {
  const numbers = ownNumbers(tournament);
  const isOwn = (/** @type {number | null} */ number) => number !== null && numbers.includes(number);
  const own = (bracket?.slots ?? []).filter(({ entrants }) => entrants.some(isOwn));
  const called = own.filter(({ status }) => STATES_OF_MATCHES.includes(status));
  const next = own.find(({ status, call_at: at }) => status === 'waiting' && at !== null);
  return called.length || !next ? called : [next];
}

/**
 * @param {KnownTournament} known
 * @param {PartContext} context
 */
function content(known, context) {
  const { tournament } = known;
  const own = ownEntry(tournament);
  const locals = tournament.own_entries.filter(({ is_local: isLocal }) => isLocal);
  const canEnter = isOpenForEntries(tournament);
  const parts = [
    ...ownSlots(known).map((slot) => readyCard(slot, known)),
    own ? entryCard(known, own, context) : canEnter ? registration(tournament, context) : nothing,
    locals.length ? localsCard(known, locals, context) : nothing,
  ];
  return parts;
}

/**
 * A match that is ready, or about to be.
 * @param {TournamentSlot} slot
 * @param {KnownTournament} known
 */
function readyCard({ entrants, match_id: id, status, deadline, call_at: at }, known) {
  const aliasOf = aliases(known);
  const pairing = html`<strong dir="auto">${aliasOf(entrants[0])}</strong> against
    <strong dir="auto">${aliasOf(entrants[1])}</strong>`;
  if (!id || status === 'waiting')
    return html`<div class="card match-ready">
      <p>Next: ${pairing}${at ? html`, opens in ${countdown(at)}` : nothing}</p>
    </div>`;
  return html`<div class="card match-ready" data-open>
    <p>
      <strong>Your match is ready.</strong> ${pairing}
      ${deadline ? html`<span class="hint">Time left to come: ${countdown(deadline)}</span>` : nothing}
    </p>
    <a class="button ball" href=${matchUrl(id)}>${status === 'live' ? 'Go to the match' : 'Play'}</a>
  </div>`;
}

/**
 * @param {KnownTournament} known
 * @param {OwnEntry} entry
 * @param {PartContext} context
 */
function entryCard(known, entry, context) {
  const buttons = entryButtons(known, entry, context);
  return html`<section class="card entry" aria-label="Your entry">
    <p>${entryText(known.tournament, entry)}</p>
    <div class="actions">${buttons}</div>
    ${isOpenForEntries(known.tournament) ? addLocal(context) : nothing}
  </section>`;
}

/**
 * @param {Tournament} tournament
 * @param {OwnEntry} entry
 */
function entryText({ status, check_in_at: checkInAt }, { alias, status: state, place }) {
  const name = html`<strong dir="auto">${alias}</strong>`;
  if (place) return html`You came ${ordinal(place)} as ${name}.`;
  if (state === 'waiting') return html`You are on the waiting list as ${name}. You move up when a place becomes free.`;
  if (state === 'registered' && status === 'check_in') return html`Check in to keep your place as ${name}.`;
  if (state === 'registered' && checkInAt)
    return html`You are registered as ${name}. Remember to check in before the start.`;
  if (state === 'out') return html`You are out. You played as ${name}.`;
  if (state === 'playing') return html`You play as ${name}.`;
  return html`You are in as ${name}: ${entrantStatusName(state).toLowerCase()}.`;
}

/**
 * @param {KnownTournament} known
 * @param {OwnEntry} entry
 * @param {PartContext} context
 */
function entryButtons(known, entry, context) {
  const { checkIn, leave, withdraw, requestBye } = entryActions(known.tournament, entry);
  const named = (/** @type {string} */ label) => (entry.is_local ? `${label}: ${entry.alias}` : null);
  const act = actOn(entry, context);
  return [
    checkIn && actionButton('Check in', () => act('check-in'), { variant: 'primary', name: named('Check in') }),
    isAbsent(known, entry) &&
      actionButton('I’m back', () => act('check-in'), { variant: 'primary', name: named('Back') }),
    requestBye &&
      nextRound(known) &&
      actionButton('Skip the next round', () => skipRound(known, entry, context), {
        name: named('Skip the next round'),
      }),
    leave && actionButton('Unregister', () => act('unregister'), { name: named('Unregister') }),
    withdraw && actionButton('Withdraw', () => confirmWithdrawal(entry, act), { name: named('Withdraw') }),
  ].filter(Boolean);
}

/**
 * @param {OwnEntry} entry
 * @param {PartContext} context
 * @returns {(action: 'check-in' | 'unregister') => Promise<void>}
 */
const actOn =
  ({ number, is_local: isLocal }, { open }) =>
  async (action) => {
    await api.post(`/tournaments/${open.id}/${action}/${isLocal ? `?number=${number}` : ''}`);
    await open.load();
  };

/**
 * @param {OwnEntry} entry
 * @param {ReturnType<typeof actOn>} act
 */
async function confirmWithdrawal({ alias }, act) {
  await confirm('Withdraw?', `${alias} loses all matches that are not over yet. This cannot be undone.`, 'Withdraw');
  await act('unregister');
}

/**
 * The next round that a bye can be asked for; null if there is none.
 * @param {KnownTournament} known
 */
function nextRound({ tournament: { round, rounds } }) {
  const next = round + 1;
  return rounds !== null && next >= rounds ? null : next;
}

/**
 * @param {KnownTournament} known
 * @param {OwnEntry} entry
 * @param {PartContext} context
 */
async function skipRound(known, { number, is_local: isLocal }, { open }) {
  const round = nextRound(known);
  await confirm(
    'Skip the next round?',
    `You do not play in round ${round} and get half a point. Once only.`,
    'Skip it',
  );
  await api.post(`/tournaments/${open.id}/bye/${isLocal ? `?number=${number}` : ''}`, { round });
  showToast(`You rest in round ${round}.`);
}

/**
 * @param {Tournament} tournament
 * @param {PartContext} context
 */
function registration({ entrants, capacity, status }, context) {
  const isFull = entrants >= capacity && status !== 'running';
  return html`<section class="card entry" aria-label="Registration">
    ${isFull ? html`<p class="note">All places are taken. You will be on the waiting list.</p>` : nothing}
    ${aliasForm(context, { label: 'Your name in this tournament', submit: isFull ? 'Join waiting list' : 'Register', value: ownName(), local: false })}
    ${addLocal(context)}
  </section>`;
}

const ownName = () => [...(session.profile?.display_name ?? '')].slice(0, MAX_ALIAS_LENGTH).join('');

/** @param {PartContext} context */
const addLocal = (context) =>
  html`<details class="options local-entry">
    <summary>Add someone who plays at your keyboard</summary>
    ${aliasForm(context, { label: 'Their name', submit: 'Add player', value: '', local: true })}
  </details>`;

/**
 * @param {PartContext} context
 * @param {{ label: string, submit: string, value: string, local: boolean }} entry
 */
function aliasForm({ open }, { label, submit, value, local }) {
  const field = textField('alias', label, {
    value,
    required: true,
    maxlength: MAX_ALIAS_LENGTH,
    autocomplete: 'off',
    autocapitalize: 'words',
  });
  return form({
    label: submit,
    fields: [field],
    submit,
    onSubmit: async ({ alias }) => {
      const { data } = await api.post(`/tournaments/${open.id}/register/`, { alias: alias.trim(), local });
      field.input.value = local ? '' : alias;
      open.noteEntrant(data);
    },
  });
}

/**
 * @param {KnownTournament} known
 * @param {OwnEntry[]} locals
 * @param {PartContext} context
 */
const localsCard = (known, locals, context) =>
  html`<details class="options card local-players" ?open=${!known.bracket}>
    <summary>At your keyboard<span class="hint">${locals.map(({ alias }) => alias).join(', ')}</span></summary>
    <ul class="rows">
      ${locals.map(
        (entry) =>
          html`<li class="row">
            <div>
              <strong dir="auto">${entry.alias}</strong>
              <span class="hint">${entry.place ? ordinal(entry.place) : entrantStatusName(entry.status)}</span>
            </div>
            <div class="row-actions">${entryButtons(known, entry, context)}</div>
          </li>`,
      )}
    </ul>
  </details>`;
