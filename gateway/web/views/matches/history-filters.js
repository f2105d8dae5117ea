// @ts-check
// The filters of a list of matches.

import { selectField } from '../../elements/forms.js';
import { elementOf } from '../../elements/template-parts.js';
import { GAMES, modeName } from '../../games/game-texts.js';
import { friendsStore } from '../../live/friends-store.js';
import { html } from '../../vendor/lit.js';

/** @type {[string, string][]} */
const MODES = ['invite', 'casual', 'ranked', 'tournament', 'practice', 'local'].map((mode) => [mode, modeName(mode)]);
/** @type {Record<string, [string, [string, string][]]>} */
const CHOICES = {
  game: ['Game', [['', 'All games'], ...GAMES]],
  mode: ['Kind', [['', 'All kinds'], ...MODES]],
  result: [
    'Result',
    [
      ['', 'All results'],
      ['won', 'Won'],
      ['lost', 'Lost'],
      ['drawn', 'Drawn'],
    ],
  ],
};

/** The names of the filters, in the address as in the API. */
export const FILTERS = [...Object.keys(CHOICES), 'opponent'];

/**
 * The fields, and a function that clears them.
 * @param {Record<string, string>} filters
 * @param {(changes: Record<string, string>) => void} change
 */
export function historyFilters(filters, change) {
  const selects = Object.entries(CHOICES).map(([name, [label, pairs]]) => {
    const field = selectField(name, label, pairs, { value: filters[name] });
    field.input.addEventListener('change', () => change({ [name]: field.input.value }));
    return field;
  });
  const opponent = opponentField(filters.opponent ?? '', (value) => change({ opponent: value }));
  const clear = () => {
    for (const { input } of selects) input.value = '';
    opponent.value = '';
    change(Object.fromEntries(FILTERS.map((name) => [name, ''])));
  };
  const form = html`<form
    class="filters"
    aria-label="Filters"
    @submit=${(/** @type {Event} */ event) => event.preventDefault()}
  >
    ${selects.map(({ element }) => element)}
    <div class="field">
      <label for="filter-opponent">Opponent</label>
      ${opponent}
      <datalist id="filter-friends">
        ${friendsStore.friends.value.map(
          (friend) => html`<option value=${friend.username}>${friend.display_name}</option>`,
        )}
      </datalist>
    </div>
  </form>`;
  return { form, clear };
}

/**
 * @param {string} value
 * @param {(username: string) => void} onChange
 */
function opponentField(value, onChange) {
  const input = elementOf(
    html`<input
      type="text"
      id="filter-opponent"
      name="opponent"
      .value=${value}
      maxlength="60"
      list="filter-friends"
      placeholder="Anyone"
      autocomplete="off"
      autocapitalize="none"
      spellcheck="false"
      @change=${() => onChange(nameIn(input))}
    />`,
  );
  if (!(input instanceof HTMLInputElement)) throw new TypeError('The field is no input.');
  return input;
}

/** @param {HTMLElement} input */
const nameIn = (input) => (input instanceof HTMLInputElement ? input.value.trim().replace(/^@/, '') : '');
