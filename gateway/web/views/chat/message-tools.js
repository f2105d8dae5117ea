// @ts-check
// What one can do with a message: a toolbar beside it, and a menu with everything.

import { html, nothing } from '../../vendor/lit.js';
import { icon } from '../../elements/icon.js';

/** @typedef {import('../../api/types.js').Message} Message */
/** @typedef {import('./row-focus.js').RowFocus} RowFocus */
/**
 * @typedef {{
 *   reply: (message: Message) => void,
 *   edit: (message: Message) => void,
 *   toggleLike: (message: Message) => void,
 *   copy: (message: Message) => void,
 *   openProfile: (message: Message) => void,
 *   remove: (message: Message) => void,
 *   report: (message: Message) => void,
 *   openMenu: (message: Message, button: HTMLElement) => void,
 * }} MessageActions
 */
/** @typedef {{ label: string, icon: import('../../elements/icon.js').IconName, run: () => void, isDanger?: boolean }} MenuItem */

/**
 * The toolbar, which is one tab stop: arrow keys move within it.
 *
 * @param {Message} message
 * @param {boolean} own
 * @param {RowFocus} focus
 * @param {MessageActions} actions
 */
export function messageTools(message, own, focus, actions) {
  const name = `More actions for: ${message.content.slice(0, 40)}`;
  return html`<div class="message-tools" role="toolbar" aria-label="Message actions" @keydown=${moveInToolbar}>
    ${own ? nothing : likeTool(message, actions)}
    <button
      type="button"
      class="quiet"
      tabindex="-1"
      aria-label="Reply"
      title="Reply"
      @click=${() => actions.reply(message)}
    >
      ${icon('reply')}
    </button>
    ${own ? editTool(message, actions) : nothing}
    <button
      type="button"
      class="quiet more"
      tabindex=${focus === 'active' ? 0 : -1}
      aria-haspopup="true"
      aria-label=${name}
      title="More"
      @click=${/** @param {Event & { currentTarget: HTMLElement }} event */ (event) => actions.openMenu(message, event.currentTarget)}
    >
      ${icon('more')}
    </button>
  </div>`;
}

/**
 * @param {Message} message
 * @param {MessageActions} actions
 */
function likeTool(message, { toggleLike }) {
  const name = message.is_liked ? 'Unlike' : 'Like';
  return html`<button
    type="button"
    class=${message.is_liked ? 'quiet liked' : 'quiet'}
    tabindex="-1"
    aria-label=${name}
    title=${name}
    @click=${() => toggleLike(message)}
  >
    ${icon('heart')}
  </button>`;
}

/**
 * @param {Message} message
 * @param {MessageActions} actions
 */
function editTool(message, { edit }) {
  return html`<button
    type="button"
    class="quiet"
    tabindex="-1"
    aria-label="Edit"
    title="Edit"
    @click=${() => edit(message)}
  >
    ${icon('edit')}
  </button>`;
}

/**
 * The items of the menu of a message.
 *
 * @param {Message} message
 * @param {boolean} own
 * @param {MessageActions} actions
 * @returns {MenuItem[]}
 */
export function menuItems(message, own, actions) {
  return own ? ownItems(message, actions) : othersItems(message, actions);
}

/**
 * @param {Message} message
 * @param {MessageActions} actions
 * @returns {MenuItem[]}
 */
const ownItems = (message, { reply, edit, copy, remove }) => [
  { label: 'Reply', icon: 'reply', run: () => reply(message) },
  { label: 'Edit', icon: 'edit', run: () => edit(message) },
  { label: 'Copy text', icon: 'copy', run: () => copy(message) },
  { label: 'Delete', icon: 'trash', isDanger: true, run: () => remove(message) },
];

/**
 * @param {Message} message
 * @param {MessageActions} actions
 * @returns {MenuItem[]}
 */
const othersItems = (message, { reply, toggleLike, copy, openProfile, report }) => [
  { label: 'Reply', icon: 'reply', run: () => reply(message) },
  { label: message.is_liked ? 'Unlike' : 'Like', icon: 'heart', run: () => toggleLike(message) },
  { label: 'Copy text', icon: 'copy', run: () => copy(message) },
  { label: 'View profile', icon: 'person', run: () => openProfile(message) },
  { label: 'Report', icon: 'flag', isDanger: true, run: () => report(message) },
];

/** @param {KeyboardEvent & { currentTarget: HTMLElement }} event */
function moveInToolbar(event) {
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const index = buttons.findIndex((button) => button === document.activeElement);
  const target = { ArrowRight: buttons[index + 1], ArrowLeft: buttons[index - 1] }[event.key];
  if (!target) return;
  event.preventDefault();
  target.focus();
}
