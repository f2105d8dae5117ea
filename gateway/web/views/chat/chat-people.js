// @ts-check
// The people of a chat, at its side.

import { avatarWithStatus, inviteUrl, profileUrl, statusLabel } from '../../elements/person-row.js';
import { icon } from '../../elements/icon.js';
import { rovingFocus } from '../../elements/roving-focus.js';
import { elementOf } from '../../elements/template-parts.js';
import { friendsStore } from '../../live/friends-store.js';
import { html, nothing, render, repeat } from '../../vendor/lit.js';

/** @typedef {import('../../api/types.js').UserSummary} UserSummary */
/** @typedef {import('../../api/types.js').Friend} Friend */
/** @typedef {import('../../api/types.js').OpenConversation} OpenConversation */
/** @typedef {{ readonly value: UserSummary[], subscribe(callback: () => void, signal: AbortSignal): void }} People */

const FACE_SIZE = 36;
const LARGE_FACE_SIZE = 96;

/**
 * The people of a room, updated live. The list is one tab stop.
 *
 * @param {string} title
 * @param {People} people
 * @param {AbortSignal} signal
 */
export function peopleList(title, people, signal) {
  const element = elementOf(html`<div></div>`);
  const refreshFocus = rovingFocus(element, 'a');
  const update = () => {
    render(
      html`<h2>${title}</h2>
        <ul class="people">
          ${repeat(people.value, ({ id }) => id, personItem)}
        </ul>`,
      element,
    );
    refreshFocus();
  };
  people.subscribe(update, signal);
  friendsStore.friends.subscribe(update, signal);
  return element;
}

/** @param {UserSummary} user */
function personItem(user) {
  return html`<li>
    <a href=${profileUrl(user.username)}>
      ${avatarWithStatus(user, FACE_SIZE, statusOf(user))} <span class="name" dir="auto">${user.display_name}</span>
    </a>
  </li>`;
}

/** @param {{ username: string }} user */
function statusOf({ username }) {
  /** @type {Friend | undefined} */
  const friend = friendsStore.friends.value.find((/** @type {Friend} */ one) => one.username === username);
  return friend?.status ?? null;
}

/**
 * The friend of a conversation, updated live.
 *
 * @param {OpenConversation} friend
 * @param {AbortSignal} signal
 */
export function friendCard(friend, signal) {
  const element = elementOf(html`<div class="friend-card"></div>`);
  friendsStore.friends.subscribe(() => render(friendDetails(friend), element), signal);
  return element;
}

/** @param {OpenConversation} friend */
function friendDetails(friend) {
  const { username, display_name: name, is_deleted: isDeleted, can_write: canWrite } = friend;
  const status = statusOf(friend);
  return html`${avatarWithStatus(friend, LARGE_FACE_SIZE, status)}
    <h2 dir="auto">${name}</h2>
    ${isDeleted ? nothing : html`<p class="hint">@${username}${status ? ` · ${statusLabel(status)}` : ''}</p>`}
    ${
      isDeleted || !canWrite
        ? nothing
        : html`<a class="button primary" href=${inviteUrl(username)}>${icon('court')} Invite to play</a>`
    }
    ${isDeleted ? nothing : html`<a class="button" href=${profileUrl(username)}>View profile</a>`}`;
}
