// @ts-check
// The chats with unread messages.

import { html, nothing } from '../../vendor/lit.js';
import { element, h, section } from '../../elements/dom.js';
import { keyedList } from '../../elements/keyed-list.js';
import { avatarWithStatus, chatUrl } from '../../elements/person-row.js';
import { chatsStore } from '../../live/chats-store.js';
import { roomTitle, roomUrl, roomsStore } from '../../live/rooms-store.js';

/** @import { Conversation, HomePage, RoomLine } from '../../api/types.js' */

/**
 * @typedef {object} UnreadChat
 * @property {string} id
 * @property {string} href
 * @property {string} name
 * @property {HTMLElement} face
 * @property {string} text The latest message.
 * @property {number} count
 */

/**
 * The section, hidden while nothing is unread.
 * @param {HomePage} home
 * @param {AbortSignal} signal
 */
export async function unreadSection({ unread_messages: total }, signal) {
  // The lists are only worth their requests if there is something in them.
  if (!total) return null;
  await Promise.all([chatsStore.ready(), roomsStore.ready()]);
  const list = h('ul.people');
  const part = section('Unread chats', list);
  const showRows = keyedList(list, (/** @type {UnreadChat} */ chat) => chat.id, chatRow);
  chatsStore.unread.subscribe((/** @type {Map<string, number>} */ counts) => {
    const chats = unreadChats(counts);
    showRows(chats);
    part.hidden = !chats.length;
  }, signal);
  return part;
}

/**
 * @param {Map<string, number>} counts
 * @returns {UnreadChat[]}
 */
function unreadChats(counts) {
  const conversations = chatsStore.conversations.value.map((/** @type {Conversation} */ chat) => ({
    id: chat.chat_id,
    href: chatUrl(chat.username),
    name: chat.display_name,
    face: avatarWithStatus(chat, 44, chat.is_online ? 'online' : null),
    text: chat.last_message?.content ?? '',
  }));
  const rooms = roomsStore.rooms.value.map((/** @type {RoomLine} */ room) => ({
    id: room.chat_id,
    href: roomUrl(room),
    name: roomTitle(room),
    face: h('span.avatar.room-icon', { 'aria-hidden': true }, '#'),
    text: room.last_message?.content ?? '',
  }));
  return [...conversations, ...rooms]
    .map((chat) => ({ ...chat, count: counts.get(chat.id) ?? 0 }))
    .filter(({ count }) => count > 0);
}

/** @param {UnreadChat} chat */
const chatRow = ({ href, name, face, text, count }) =>
  element(
    html`<li>
      <a href=${href}>
        ${face}
        <span class="chat-text"
          ><strong dir="auto">${name}</strong
          >${text ? html`<span class="hint" dir="auto">${text}</span>` : nothing}</span
        >
        <span class="count">${count}<span class="visually-hidden"> unread</span></span>
      </a>
    </li>`,
  );
