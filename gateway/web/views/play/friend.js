// @ts-check
// An invite to a friend, or to anyone by username.

import { form, textField } from '../../elements/forms.js';
import { avatarWithStatus, statusLabel } from '../../elements/person-row.js';
import { elementOf, following } from '../../elements/template-parts.js';
import { showToast } from '../../elements/toasts.js';
import { friendsStore } from '../../live/friends-store.js';
import { invitesStore } from '../../live/invites-store.js';
import { createSignal } from '../../live/signal.js';
import { html, repeat } from '../../vendor/lit.js';
import { chosenOptions, foldedOptions, optionFields } from './game-options.js';
import { sentInvites } from './sent-invites.js';

/** @import { CreateInvite, Friend, OpponentPanel } from './types.js' */
/** @typedef {import('../../live/signal.js').Signal<string>} Name */

/** From so many friends on, what is typed narrows the list. */
const MANY = 8;
const STATUS_ORDER = ['online', 'in_match', 'away', 'offline'];

/** @type {OpponentPanel} */
export async function friendPanel({ game, to, signal }) {
  await Promise.all([friendsStore.ready('friends'), invitesStore.ready()]);
  const username = textField('username', 'Username', {
    value: to ?? '',
    required: true,
    maxlength: 60,
    autocomplete: 'off',
    spellcheck: 'false',
    hint: 'A friend, or anyone who accepts invites.',
  });
  const typed = createSignal(nameIn(username.input.value));
  username.input.addEventListener('input', () => typed.set(nameIn(username.input.value)));
  const choose = (/** @type {string} */ name) => {
    username.input.value = name;
    typed.set(name);
  };
  const invite = form({
    label: 'Send an invite',
    fields: [friendPicker(typed, choose, signal), username, foldedOptions(optionFields(game))],
    submit: 'Send invite',
    onSubmit: async ({ username: text, ...values }) => {
      const options = chosenOptions(game, values);
      const receiver = nameIn(text);
      const invited = /** @type {CreateInvite} */ ({ username: receiver, game: game.slug, options });
      const isAccepted = await invitesStore.send(invited);
      if (!isAccepted) showToast(`Invite sent to ${receiver}.`);
    },
  });
  return html`${invite}${sentInvites(signal)}`;
}

/** @param {string} text */
const nameIn = (text) => text.trim().replace(/^@/, '');

/**
 * The user's friends, those online first; choosing one fills in the username.
 * @param {Name} typed
 * @param {(username: string) => void} choose
 * @param {AbortSignal} signal
 */
function friendPicker(typed, choose, signal) {
  const content = () => {
    const friends = shownFriends(typed.value);
    if (!friendsStore.friends.value.length)
      return html`<p class="hint">No friends yet? <a href="/people">Find people</a>, or type a username.</p>`;
    return html`<div class="friend-picker" role="group" aria-label="Friends" ?hidden=${!friends.length}>
      ${repeat(
        friends,
        ({ id }) => id,
        (friend) => friendButton(friend, typed.value, choose),
      )}
    </div>`;
  };
  return elementOf(html`<div ${following([friendsStore.friends, typed], content, signal)}></div>`);
}

/**
 * All friends where they are few, else those whose names have what is typed in them.
 * @param {string} typed
 * @returns {Friend[]}
 */
function shownFriends(typed) {
  /** @type {Friend[]} */
  const all = [...friendsStore.friends.value].sort(byPresence);
  const isChosen = all.some(({ username }) => username === typed);
  if (all.length < MANY || isChosen) return all;
  const text = typed.toLowerCase();
  return all.filter((friend) =>
    [friend.username, friend.display_name].some((name) => name.toLowerCase().includes(text)),
  );
}

/**
 * @param {Friend} a
 * @param {Friend} b
 */
const byPresence = (a, b) =>
  STATUS_ORDER.indexOf(a.status) - STATUS_ORDER.indexOf(b.status) || a.display_name.localeCompare(b.display_name);

/**
 * @param {Friend} friend
 * @param {string} chosen
 * @param {(username: string) => void} choose
 */
function friendButton(friend, chosen, choose) {
  const { username, display_name: name, status } = friend;
  return html`<button
    type="button"
    data-username=${username}
    aria-pressed=${String(username === chosen)}
    @click=${() => choose(username)}
  >
    ${avatarWithStatus(friend, 36, status)}
    <span><strong dir="auto">${name}</strong><span class="hint">${statusLabel(status)}</span></span>
  </button>`;
}
