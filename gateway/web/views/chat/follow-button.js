// @ts-check
// Follows or unfollows a lobby. A followed lobby is listed under Chats and counts unread messages.

import { elementOf } from '../../elements/template-parts.js';
import { showError, showToast } from '../../elements/toasts.js';
import { roomsStore } from '../../live/rooms-store.js';
import { html, render } from '../../vendor/lit.js';

/** @typedef {import('../../api/types.js').OpenRoom} OpenRoom */

/** @param {OpenRoom} lobby */
export function followButton(lobby) {
  const element = elementOf(html`<span class="follow"></span>`);
  const update = () => render(button(roomsStore.isFollowed(lobby.chat_id), toggle), element);
  const toggle = async () => {
    const isFollowed = roomsStore.isFollowed(lobby.chat_id);
    try {
      await (isFollowed ? roomsStore.unfollow(lobby) : roomsStore.follow(lobby));
      update();
      showToast(isFollowed ? 'Unfollowed. You can still visit.' : 'Following. New messages count as unread.');
    } catch (error) {
      showError(error);
    }
  };
  update();
  return element;
}

/**
 * @param {boolean} isFollowed
 * @param {() => void} toggle
 */
function button(isFollowed, toggle) {
  const name = isFollowed ? 'Unfollow: stop counting unread messages' : 'Follow: count unread messages';
  return html`<button type="button" aria-label=${name} @click=${toggle}>${isFollowed ? 'Unfollow' : 'Follow'}</button>`;
}
