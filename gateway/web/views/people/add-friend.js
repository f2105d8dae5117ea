// @ts-check
// Sends friend requests by name, and to people one may know.

import { html, nothing } from '../../vendor/lit.js';
import { actionButton } from '../../elements/action-button.js';
import { h, section } from '../../elements/dom.js';
import { plural } from '../../elements/format.js';
import { form, textField } from '../../elements/forms.js';
import { personRow } from '../../elements/person-row.js';
import { friendsStore } from '../../live/friends-store.js';
import { showToast } from '../../elements/toasts.js';

/** @import { Suggestion, UserSummary } from '../../api/types.js' */

/** A form that sends a friend request to a username. */
export function addFriendForm() {
  const field = textField('username', 'Username', {
    required: true,
    maxlength: 60,
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const element = form({
    label: 'Add a friend',
    fields: [field],
    submit: 'Send request',
    onSubmit: async ({ username }) => {
      const name = username.trim().replace(/^@/, '');
      await sendRequest({ username: name, display_name: name });
      /** @type {HTMLInputElement} */ (field.input).value = '';
    },
  });
  element.classList.add('add-friend');
  return element;
}

/**
 * Sends a friend request and says what came of it.
 * @param {Pick<UserSummary, 'username' | 'display_name'>} user
 */
export async function sendRequest({ username, display_name: name }) {
  const areFriends = await friendsStore.sendRequest(username);
  showToast(areFriends ? `You and ${name} are now friends.` : `Friend request sent to ${name}.`);
}

/**
 * Friends of friends; nothing if there are none.
 * @param {Suggestion[]} suggestions
 */
export function suggestionsSection(suggestions) {
  if (!suggestions.length) return nothing;
  const list = h('ul.rows.person-rows');
  const element = section('People you may know', html`<p class="hint">Friends of your friends.</p>`, list);
  for (const suggestion of suggestions) list.append(suggestionRow(suggestion, element, list));
  return element;
}

/**
 * @param {Suggestion} suggestion
 * @param {HTMLElement} element
 * @param {HTMLElement} list
 */
function suggestionRow({ user, mutual_friends: mutual }, element, list) {
  const add = async () => {
    await sendRequest(user);
    const next = /** @type {HTMLElement | null} */ (row.nextElementSibling ?? row.previousElementSibling);
    row.remove();
    next?.querySelector('button')?.focus();
    element.hidden = !list.children.length;
  };
  const row = personRow(user, {
    detail: plural(mutual, 'mutual friend'),
    actions: actionButton('Add friend', add, { name: `Add ${user.display_name} as a friend`, symbol: 'person-add' }),
  });
  return row;
}
