// @ts-check
// The search for an opponent of similar strength.

import { actionButton } from '../../elements/action-button.js';
import { form, segmentedControl } from '../../elements/forms.js';
import { formatDuration } from '../../elements/format.js';
import { elementOf, following } from '../../elements/template-parts.js';
import { gameName } from '../../games/game-texts.js';
import { searchClock } from '../../games/search-clock.js';
import { createSignal } from '../../live/signal.js';
import { queueStore } from '../../live/queue-store.js';
import { html, nothing } from '../../vendor/lit.js';
import { chosenOptions, foldedOptions, optionFields } from './game-options.js';

/** @import { Game, OpponentPanel, Search } from './types.js' */

const RANKED = 'ranked';
/** @type {[string, string][]} */
const KINDS = [
  [RANKED, 'Ranked'],
  ['casual', 'Casual'],
];
const RANKED_TEXT = 'The result changes your rating.';
const CASUAL_TEXT = 'Just for fun: ratings stay as they are.';

/** @type {OpponentPanel} */
export async function randomPanel({ game, signal }) {
  const isSearching = createSignal(queueStore.search.value !== null);
  queueStore.search.subscribe((search) => isSearching.set(search !== null), signal);
  const panel = elementOf(
    html`<div
      class="stack"
      ${following([isSearching], () => (isSearching.value ? searchPanel(signal) : searchForm(game)), signal)}
    ></div>`,
  );
  isSearching.subscribe(() => {
    // The button that was pressed is gone.
    if (document.activeElement === document.body) panel.querySelector('button')?.focus();
  }, signal);
  return panel;
}

/** @param {Game} game */
function searchForm(game) {
  let isRanked = true;
  const text = elementOf(html`<p class="hint" role="status">${RANKED_TEXT}</p>`);
  const kind = segmentedControl('kind', 'Kind', KINDS, RANKED, (/** @type {string} */ key) => {
    isRanked = key === RANKED;
    text.textContent = isRanked ? RANKED_TEXT : CASUAL_TEXT;
  });
  return form({
    label: 'Find an opponent',
    fields: [kind, text, foldedOptions(optionFields(game, { without: ['ranked'], allowAny: true }))],
    submit: 'Find an opponent',
    onSubmit: async (/** @type {Record<string, string | boolean>} */ values) =>
      queueStore.start(game.slug, chosenOptions(game, { ...values, ranked: isRanked })),
  });
}

/** @param {AbortSignal} signal */
function searchPanel(signal) {
  const cancel = actionButton('Cancel', () => queueStore.cancel(), { name: 'Stop looking' });
  const clock = searchClock(signal);
  return html`<div class="search" ${following([queueStore.search], () => searchState(clock, cancel), signal)}></div>`;
}

/**
 * @param {HTMLElement} clock
 * @param {HTMLElement} cancel
 */
function searchState(clock, cancel) {
  const search = queueStore.search.value;
  if (!search) return nothing;
  return html`<div class="search-court" aria-hidden="true"><i></i></div>
    <p class="overlay-title">Looking for an opponent in ${gameName(search.game)}…</p>
    <p class="search-clock">${clock}</p>
    <dl class="facts" role="status">
      ${facts(search).map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    ${search.error ? html`<p class="alert" role="alert">${search.error}</p>` : nothing}
    <p class="hint">You can look around meanwhile. The match opens by itself.</p>
    <div class="actions">${cancel}</div>`;
}

/**
 * @param {Search} search
 * @returns {[string, string][]}
 */
function facts({ band, others, estimate, paused }) {
  /** @type {([string, string] | null)[]} */
  const all = [
    ['Opponents rated', band?.map((rating) => Math.round(rating)).join(' – ') ?? 'Any'],
    ['Others looking', String(others)],
    ['Usual wait', estimate === null ? 'Not known yet' : formatDuration(Math.round(estimate))],
    paused ? ['Status', 'Matchmaking is paused for a moment'] : null,
  ];
  return all.filter((fact) => fact !== null);
}
