// @ts-check
// The bracket of an elimination tournament: a tree where there is room, rounds to swipe on a phone. A large one is
// shown in sections.

import { elementOf } from '../../elements/template-parts.js';
import { uniqueId } from '../../elements/dom.js';
import { html, nothing, render, repeat } from '../../vendor/lit.js';
import { bracketSections, currentRound, currentSection, pathOf } from './bracket-layout.js';
import { markedNumbers } from './entry-actions.js';
import { slotCard } from './slot-card.js';
import { openSlot } from './slot-dialog.js';

/**
 * @import { KnownTournament } from '../../live/tournament-changes.js'
 * @import { BracketSection, LaidRound, PlacedSlot } from './bracket-layout.js'
 * @import { SlotContext } from './slot-card.js'
 * @import { PartContext, TournamentSlot } from './types.js'
 */
/** @typedef {{ been: Set<string>, ahead: Set<string> }} Path */

/** So many rounds fit into the width of a page. */
const FITTING_ROUNDS = 5;

/** @param {PartContext} context */
export function bracketView(context) {
  const { open, signal } = context;
  const element = elementOf(html`<div class="stack bracket-view"></div>`);
  /** The section that was chosen; until then, the one of interest. */
  let chosen = '';
  const choose = (/** @type {string} */ key) => {
    chosen = key;
    update();
  };
  const update = () => {
    if (!open.known.value) return;
    render(content(open.known.value, context, { chosen, choose }), element);
    requestAnimationFrame(() => showCurrentRounds(element));
  };
  open.known.subscribe(update, signal);
  return element;
}

/**
 * @param {KnownTournament} known
 * @param {PartContext} context
 * @param {{ chosen: string, choose: (key: string) => void }} choice
 */
function content(known, context, { chosen, choose }) {
  const slots = known.bracket?.slots ?? [];
  const own = markedNumbers(known);
  const sections = bracketSections(slots);
  const current = sections.find(({ key }) => key === chosen) ?? currentSection(sections, own);
  // A part that comes in sections is read one section at a time.
  const isWhole = new Set(sections.map(({ part }) => part)).size === sections.length;
  const entrants = new Map(known.bracket?.entrants.map((entrant) => [entrant.number, entrant]));
  const slotContext = { entrants, own, open: (/** @type {TournamentSlot} */ slot) => openSlot(slot, context) };
  const path = pathOf(slots, own);
  const shown = isWhole ? sections : sections.filter((section) => section === current);
  return html`${isWhole ? nothing : sectionPicker(sections, current?.key ?? '', choose)}
  ${repeat(
    shown,
    ({ key }) => key,
    (section) => sectionView(section, slotContext, { path, isPicked: !isWhole }),
  )}`;
}

/**
 * @param {BracketSection[]} sections
 * @param {string} current
 * @param {(key: string) => void} choose
 */
function sectionPicker(sections, current, choose) {
  const id = uniqueId('section');
  const onChange = (/** @type {Event} */ { currentTarget }) =>
    currentTarget instanceof HTMLSelectElement && choose(currentTarget.value);
  return html`<div class="field section-picker">
    <label for=${id}>Part of the bracket</label>
    <select id=${id} name="section" @change=${onChange}>
      ${sections.map(({ key, title }) => html`<option value=${key} ?selected=${key === current}>${title}</option>`)}
    </select>
  </div>`;
}

/**
 * @param {BracketSection} section
 * @param {SlotContext} context
 * @param {{ path: Path, isPicked: boolean }} shown `isPicked` where a field above has its title.
 */
function sectionView({ key, title, rows, rounds }, context, { path, isPicked }) {
  const id = `bracket-${key}`;
  const now = currentRound(rounds);
  return html`<section
    class="bracket-section"
    aria-labelledby=${id}
    data-wide=${rounds.length > FITTING_ROUNDS ? 'true' : nothing}
  >
    <h2 id=${id} class=${title && !isPicked ? '' : 'visually-hidden'}>${title || 'Bracket'}</h2>
    ${rounds.length > 1 ? roundTabs(rounds) : nothing}
    <ol class="bracket" .style=${`--rows:${rows}`} @scroll=${onScroll}>
      ${repeat(
        rounds,
        ({ title: name }) => name,
        (round) => roundColumn(round, { context, path, isNow: round.round === now, isTitled: round.title !== title }),
      )}
    </ol>
  </section>`;
}

/**
 * Buttons that lead to a round, where not all of them are in sight.
 * @param {LaidRound[]} rounds
 */
const roundTabs = (rounds) =>
  html`<div class="round-tabs" role="group" aria-label="Rounds">
    ${rounds.map(
      ({ title }, index) =>
        html`<button
          type="button"
          aria-pressed="false"
          @click=${(/** @type {Event & { currentTarget: HTMLElement }} */ { currentTarget }) =>
            scrollToRound(currentTarget, index)}
        >
          ${title}
        </button>`,
    )}
  </div>`;

/**
 * @param {LaidRound} round
 * @param {{ context: SlotContext, path: Path, isNow: boolean, isTitled: boolean }} parts
 */
const roundColumn = ({ title, slots }, { context, path, isNow, isTitled }) =>
  html`<li class="bracket-round" data-now=${isNow ? 'true' : nothing}>
    ${isTitled ? html`<h3>${title}</h3>` : nothing}
    <ol class="bracket-slots">
      ${repeat(
        slots,
        ({ slot }) => slot.slot,
        (placed) => placedSlot(placed, context, path),
      )}
    </ol>
  </li>`;

/**
 * @param {PlacedSlot} placed
 * @param {SlotContext} context
 * @param {Path} path
 */
const placedSlot = ({ slot, row, span, join, isFed }, context, { been, ahead }) =>
  html`<li
    class="bracket-slot"
    .style=${`--row:${row + 1};--span:${span}`}
    data-join=${join}
    data-fed=${isFed ? 'true' : nothing}
    data-path=${been.has(slot.slot) ? 'been' : ahead.has(slot.slot) ? 'ahead' : nothing}
  >
    ${slotCard(slot, context)}
  </li>`;

/**
 * @param {HTMLElement} button
 * @param {number} index
 */
function scrollToRound(button, index) {
  const bracket = button.closest('.bracket-section')?.querySelector('.bracket');
  if (bracket) scrollTo(bracket, index, 'smooth');
}

/**
 * @param {Element} bracket
 * @param {number} index
 * @param {ScrollBehavior} behavior
 */
function scrollTo(bracket, index, behavior) {
  const [first, column] = [bracket.children[0], bracket.children[index]];
  if (!(first instanceof HTMLElement && column instanceof HTMLElement)) return;
  bracket.scrollTo({ left: column.offsetLeft - first.offsetLeft, behavior });
}

/**
 * Begins with the round that is played, in each bracket that has come.
 * @param {HTMLElement} element
 */
function showCurrentRounds(element) {
  for (const bracket of element.querySelectorAll('.bracket:not([data-begun])')) {
    const index = Math.max(
      0,
      [...bracket.children].findIndex((column) => column.hasAttribute('data-now')),
    );
    bracket.toggleAttribute('data-begun', true);
    scrollTo(bracket, index, 'instant');
    markShown(bracket, index);
  }
}

/** @param {Event} event */
function onScroll({ currentTarget: bracket }) {
  if (!(bracket instanceof HTMLElement)) return;
  const start = bracket.getBoundingClientRect().left;
  const offsets = [...bracket.children].map((column) => Math.abs(column.getBoundingClientRect().left - start));
  markShown(bracket, offsets.indexOf(Math.min(...offsets)));
}

/**
 * Marks the round that is in sight: on a phone the bracket is as high as this one.
 * @param {Element} bracket
 * @param {number} index
 */
function markShown(bracket, index) {
  for (const [at, column] of [...bracket.children].entries()) column.toggleAttribute('data-shown', at === index);
  const tabs = bracket.parentElement?.querySelector('.round-tabs');
  for (const [at, tab] of [...(tabs?.children ?? [])].entries()) {
    tab.setAttribute('aria-pressed', String(at === index));
    if (tabs && at === index && tab instanceof HTMLElement)
      tabs.scrollLeft = tab.offsetLeft - tabs.clientWidth / 2 + tab.offsetWidth / 2;
  }
}
