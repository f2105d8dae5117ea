// @ts-check
// The emoji picker of a message field: a search field and a grid, used by keyboard from the search field.

import { readSetting, writeSetting } from '../../api/storage.js';
import { uniqueId } from '../../elements/dom.js';
import { elementOf } from '../../elements/template-parts.js';
import { html, render, repeat } from '../../vendor/lit.js';
import { icon } from '../../elements/icon.js';
import { EMOJI, findEmoji } from './emoji.js';

/** @typedef {import('./emoji.js').Emoji} Emoji */
/** @typedef {{ query: string, index: number, found: Emoji[] }} PickerState */

const COLUMNS = 8;
/** As many emoji that were used last come first: two rows. */
const MAX_RECENT = 2 * COLUMNS;
const SETTING = 'recent-emoji';
const GAP = 8;

/**
 * The picker and the button that opens it. It inserts where the caret of the field stands.
 *
 * @param {HTMLTextAreaElement} field
 * @param {AbortSignal} signal
 */
export function emojiPicker(field, signal) {
  const id = uniqueId('emoji');
  const popover = elementOf(html`<div class="emoji-picker" id=${id} popover role="dialog" aria-label="Emoji"></div>`);
  const button = elementOf(
    html`<button type="button" class="quiet emoji-button" popovertarget=${id} aria-label="Insert emoji" title="Emoji">
      ${icon('smile')}
    </button>`,
  );
  /** @type {PickerState} */
  let state = search('');
  /** @param {PickerState} next */
  const show = (next) => {
    state = next;
    render(picker(id, state, { show, pick, onKeyDown: (event) => onKeyDown(event, state, { show, pick }) }), popover);
    popover.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  };
  /** @param {Emoji} emoji */
  const pick = ({ character }) => {
    popover.hidePopover();
    insert(field, character);
    noteUse(character);
  };
  popover.addEventListener('beforetoggle', (event) => {
    if (/** @type {ToggleEvent} */ (event).newState === 'open') show(search(''));
  });
  popover.addEventListener('toggle', (event) => {
    if (/** @type {ToggleEvent} */ (event).newState !== 'open') return;
    place(popover, button);
    popover.querySelector('input')?.focus();
  });
  addEventListener('resize', () => popover.matches(':popover-open') && place(popover, button), { signal });
  return { button, popover };
}

/**
 * @param {string} query
 * @returns {PickerState}
 */
function search(query) {
  const found = findEmoji(query);
  if (query.trim()) return { query, index: 0, found };
  const recent = recentlyUsed();
  return { query, index: 0, found: [...recent, ...found.filter((emoji) => !recent.includes(emoji))] };
}

function recentlyUsed() {
  const characters = (readSetting(SETTING) ?? '').split(' ');
  return characters.flatMap((wanted) => EMOJI.find(({ character }) => character === wanted) ?? []);
}

/** @param {string} character */
function noteUse(character) {
  const others = recentlyUsed()
    .map((emoji) => emoji.character)
    .filter((other) => other !== character);
  writeSetting(SETTING, [character, ...others].slice(0, MAX_RECENT).join(' '));
}

/**
 * @param {string} id
 * @param {PickerState} state
 * @param {{
 *   show: (next: PickerState) => void,
 *   pick: (emoji: Emoji) => void,
 *   onKeyDown: (event: KeyboardEvent) => void,
 * }} callbacks
 */
function picker(id, { query, index, found }, { show, pick, onKeyDown }) {
  const onInput = (/** @type {InputEvent & { currentTarget: HTMLInputElement }} */ { currentTarget }) =>
    show(search(currentTarget.value));
  return html`<input
      type="search"
      aria-label="Search emoji"
      placeholder="Search emoji"
      autocomplete="off"
      autocapitalize="none"
      role="combobox"
      aria-expanded="true"
      aria-autocomplete="list"
      aria-controls=${`${id}-grid`}
      aria-activedescendant=${found.length ? `${id}-${index}` : ''}
      .value=${query}
      @input=${onInput}
      @keydown=${onKeyDown}
    />
    <div class="emoji-grid" role="listbox" id=${`${id}-grid`} aria-label="Emoji" tabindex="-1">
      ${repeat(
        found,
        ({ character }) => character,
        (emoji, position) =>
          html`<span
            role="option"
            id=${`${id}-${position}`}
            aria-selected=${position === index}
            aria-label=${emoji.words}
            title=${emoji.words}
            @click=${() => pick(emoji)}
            >${emoji.character}</span
          >`,
      )}
    </div>
    <p class="hint" role="status">${found.length ? found[index]?.words : 'No emoji found.'}</p>`;
}

/**
 * @param {KeyboardEvent} event
 * @param {PickerState} state
 * @param {{ show: (next: PickerState) => void, pick: (emoji: Emoji) => void }} callbacks
 */
function onKeyDown(event, state, { show, pick }) {
  const { index, found } = state;
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
  const chosen = found[index];
  if (step && found[index + step]) show({ ...state, index: index + step });
  else if (event.key === 'Enter' && chosen) pick(chosen);
  else if (!step && event.key !== 'Enter') return;
  event.preventDefault();
}

/**
 * @param {HTMLTextAreaElement} field
 * @param {string} text
 */
function insert(field, text) {
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
  field.focus();
  field.dispatchEvent(new Event('input'));
}

/**
 * Puts the picker above its button, within the window.
 *
 * @param {HTMLElement} popover
 * @param {HTMLElement} button
 */
function place(popover, button) {
  const { top, right } = button.getBoundingClientRect();
  const x = Math.max(GAP, Math.min(right, innerWidth - GAP) - popover.offsetWidth);
  const y = Math.max(GAP, top - GAP - popover.offsetHeight);
  popover.style.inset = `${y}px auto auto ${x}px`;
}
