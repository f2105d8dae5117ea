// @ts-check
// Suggests people while a mention is typed.

import { uniqueId } from '../../elements/dom.js';
import { elementOf } from '../../elements/template-parts.js';
import { html, render, repeat } from '../../vendor/lit.js';
import { completeMention, matchPeople, mentionAt } from './mention-query.js';

/** @typedef {import('./chat-panel.js').Person} Person */
/** @typedef {{ mention: NonNullable<ReturnType<typeof mentionAt>>, people: Person[], index: number }} Suggestions */

const FACE_SIZE = 28;

/**
 * The list of suggestions for a field. Arrow keys choose, Enter and Tab complete, Escape closes.
 *
 * @param {HTMLTextAreaElement} field
 * @param {() => Person[]} people
 */
export function mentionCompletion(field, people) {
  const id = uniqueId('mentions');
  const element = elementOf(html`<div class="mentions" hidden></div>`);
  /** @type {Suggestions | null} */
  let shown = null;
  /** @param {Suggestions | null} next */
  const show = (next) => {
    shown = next;
    element.hidden = !shown;
    setAttributes(field, id, shown);
    render(shown ? suggestions(id, shown, complete) : null, element);
  };
  /** @param {Person} person */
  const complete = (person) => {
    if (!shown) return;
    const { text, caret } = completeMention(field.value, shown.mention, person.username);
    show(null);
    field.value = text;
    field.setSelectionRange(caret, caret);
    field.focus();
    field.dispatchEvent(new Event('input'));
  };
  field.addEventListener('input', () => show(suggestionsFor(field, people())));
  field.addEventListener('blur', () => show(null));
  field.addEventListener('keydown', (event) => {
    if (!shown || !isHandled(event, shown, { show, complete })) return;
    event.preventDefault();
  });
  setAttributes(field, id, null);
  return element;
}

/**
 * @param {HTMLTextAreaElement} field
 * @param {Person[]} people
 * @returns {Suggestions | null}
 */
function suggestionsFor(field, people) {
  const mention = field.selectionStart === field.selectionEnd ? mentionAt(field.value, field.selectionStart) : null;
  if (!mention) return null;
  const matching = matchPeople(people, mention.query);
  return matching.length ? { mention, people: matching, index: 0 } : null;
}

/**
 * Handles a key while there are suggestions; returns whether it did.
 *
 * @param {KeyboardEvent} event
 * @param {Suggestions} shown
 * @param {{ show: (next: Suggestions | null) => void, complete: (person: Person) => void }} callbacks
 */
function isHandled({ key, shiftKey, isComposing }, shown, { show, complete }) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[key];
  const { people, index } = shown;
  const chosen = people[index];
  if (step) show({ ...shown, index: (index + step + people.length) % people.length });
  else if (key === 'Escape') show(null);
  else if (chosen && !shiftKey && !isComposing && (key === 'Enter' || key === 'Tab')) complete(chosen);
  else return false;
  return true;
}

/**
 * @param {HTMLTextAreaElement} field
 * @param {string} id
 * @param {Suggestions | null} shown
 */
function setAttributes(field, id, shown) {
  field.setAttribute('aria-autocomplete', 'list');
  if (shown) {
    field.setAttribute('aria-controls', id);
    field.setAttribute('aria-activedescendant', `${id}-${shown.index}`);
  } else {
    field.removeAttribute('aria-controls');
    field.removeAttribute('aria-activedescendant');
  }
}

/**
 * @param {string} id
 * @param {Suggestions} shown
 * @param {(person: Person) => void} complete
 */
function suggestions(id, { people, index }, complete) {
  return html`<ul role="listbox" id=${id} aria-label="People to mention">
      ${repeat(
        people,
        (person) => person.id,
        (person, position) =>
          html`<li
            role="option"
            id=${`${id}-${position}`}
            aria-selected=${position === index}
            @pointerdown=${/** @param {Event} event */ (event) => event.preventDefault()}
            @click=${() => complete(person)}
          >
            <img class="avatar" src=${person.avatar} alt="" width=${FACE_SIZE} height=${FACE_SIZE} />
            <strong dir="auto">${person.display_name}</strong> <span class="hint">@${person.username}</span>
          </li>`,
      )}
    </ul>
    <p class="visually-hidden" role="status">
      ${people.length === 1 ? '1 suggestion' : `${people.length} suggestions`}. Arrow keys choose, Enter completes.
    </p>`;
}
