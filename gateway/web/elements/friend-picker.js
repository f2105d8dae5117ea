// @ts-check
// A choice among the user's friends: a field that searches them, and their faces.

import { avatarWithStatus, statusLabel } from './person-row.js';
import { elementOf } from './template-parts.js';
import { friendsStore } from '../live/friends-store.js';
import { loadStyles } from '../styles/load-styles.js';
import { html, render, repeat } from '../vendor/lit.js';

/** @typedef {import('../api/types.js').Friend} Friend */

const FACE_SIZE = 36;

/** Loads the friends, and the styles of the picker. */
export const friendPickerReady = () =>
  Promise.all([friendsStore.ready('friends'), loadStyles('/styles/friend-picker.css')]);

/**
 * The picker; it calls back with the friend that was chosen.
 *
 * @param {(friend: Friend) => void} choose
 */
export function friendPicker(choose) {
  const element = elementOf(html`<div class="friend-choices"></div>`);
  const update = (query = '') => render(choices(query, choose, update), element);
  update();
  return element;
}

/**
 * @param {string} query
 * @param {(friend: Friend) => void} choose
 * @param {(query: string) => void} update
 */
function choices(query, choose, update) {
  /** @type {Friend[]} */
  const friends = friendsStore.friends.value;
  if (!friends.length) return html`<p>No friends yet. <a href="/people">Find people</a> to chat with.</p>`;
  const wanted = query.trim().toLowerCase();
  const found = friends.filter(({ username, display_name: name }) =>
    `${name}\n${username}`.toLowerCase().includes(wanted),
  );
  const onInput = (/** @type {InputEvent & { currentTarget: HTMLInputElement }} */ { currentTarget }) =>
    update(currentTarget.value);
  return html`<input
      type="search"
      aria-label="Search friends"
      placeholder="Search friends"
      autocomplete="off"
      @input=${onInput}
    />
    <ul class="people">
      ${repeat(
        found,
        ({ id }) => id,
        (friend) =>
          html`<li>
            <button type="button" class="quiet" @click=${() => choose(friend)}>${friendLine(friend)}</button>
          </li>`,
      )}
    </ul>
    ${found.length ? '' : html`<p class="hint">No friend has this name.</p>`}`;
}

/** @param {Friend} friend */
function friendLine(friend) {
  return html`${avatarWithStatus(friend, FACE_SIZE, friend.status)}
    <span
      ><strong dir="auto">${friend.display_name}</strong><span class="hint">${statusLabel(friend.status)}</span></span
    >`;
}
