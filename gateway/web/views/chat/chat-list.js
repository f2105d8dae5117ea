// @ts-check
// The list of the user's chats: conversations with friends, and rooms, each with its unread count.

import { session } from '../../api/session.js';
import { avatarWithStatus } from '../../elements/person-row.js';
import { shortTimeAgo } from '../../elements/relative-time.js';
import { rovingFocus } from '../../elements/roving-focus.js';
import { elementOf } from '../../elements/template-parts.js';
import { chatsStore } from '../../live/chats-store.js';
import { WORLD, roomTitle, roomUrl, roomsStore } from '../../live/rooms-store.js';
import { loadStyles } from '../../styles/load-styles.js';
import { html, ifDefined, nothing, render, repeat } from '../../vendor/lit.js';
import { icon } from '../../elements/icon.js';
import { openNewChat } from './new-chat.js';

/** @typedef {import('../../api/types.js').Conversation} Conversation */
/** @typedef {import('../../api/types.js').Message} Message */
/** @typedef {import('../../api/types.js').RoomLine} RoomLine */
/** @typedef {Pick<RoomLine, 'chat_id' | 'kind' | 'name' | 'last_message'>} Room */

const FACE_SIZE = 44;
/** The world chat is listed also for those who do not follow it. */
const WORLD_ROW = /** @type {Room} */ ({
  chat_id: WORLD,
  kind: 'lobby',
  name: WORLD,
  last_message: null,
});

/** How far the list was scrolled in the chat that was open before. */
let scrollTop = 0;

/** Loads what the list shows, and the styles of chats. */
export const chatListReady = () =>
  Promise.all([chatsStore.ready(), roomsStore.ready(), loadStyles('/styles/chat.css')]);

/**
 * The list, updated live; `current` is the path of the open chat. The lists are one tab stop.
 *
 * @param {AbortSignal} signal
 * @param {string | null} [current]
 */
export function chatList(signal, current = null) {
  const element = elementOf(html`<div class="chat-list"></div>`);
  /** @param {HTMLElement[]} links */
  const currentLink = (links) => links.find((link) => link.getAttribute('aria-current')) ?? links[0];
  const refreshFocus = rovingFocus(element, '.conversations a', currentLink);
  const update = () => {
    render(lists(current), element);
    refreshFocus();
  };
  for (const source of [chatsStore.conversations, roomsStore.rooms, chatsStore.unread])
    source.subscribe(update, signal);
  keepScrolled(element);
  return element;
}

/** @param {HTMLElement} element */
function keepScrolled(element) {
  element.addEventListener('scroll', () => {
    scrollTop = element.scrollTop;
  });
  requestAnimationFrame(() => {
    element.scrollTop = scrollTop;
    element.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  });
}

/** @param {string | null} current */
function lists(current) {
  /** @type {Conversation[]} */
  const conversations = chatsStore.conversations.value;
  return html`<button type="button" class="new-chat" @click=${openNewChat}>${icon('plus')} New chat</button>
    <p class="list-title" aria-hidden="true">Friends</p>
    ${list('Friends', conversations, (row) => conversationRow(row, current))}
    ${conversations.length ? nothing : html`<p class="hint">No conversations yet. Start one with a friend.</p>`}
    <p class="list-title" aria-hidden="true">Rooms</p>
    ${list('Rooms', withWorld(roomsStore.rooms.value), (row) => roomRow(row, current))}`;
}

/**
 * @template {{ chat_id: string }} R
 * @param {string} name
 * @param {R[]} rows
 * @param {(row: R) => unknown} template
 */
function list(name, rows, template) {
  return html`<ul class="people conversations" aria-label=${name}>
    ${repeat(rows, (row) => row.chat_id, template)}
  </ul>`;
}

/** @param {Room[]} rooms */
function withWorld(rooms) {
  const world = rooms.find(({ kind, name }) => kind === 'lobby' && name === WORLD) ?? WORLD_ROW;
  return [world, ...rooms.filter((room) => room !== world)];
}

/**
 * @param {Conversation} conversation
 * @param {string | null} current
 */
function conversationRow(conversation, current) {
  const { username, display_name: name, is_online: isOnline, last_message: last } = conversation;
  return chatRow(conversation.chat_id, {
    href: `/chats/${encodeURIComponent(username)}`,
    current,
    name: html`<strong dir="auto">${name}</strong
      >${isOnline ? html`<span class="visually-hidden">, online</span>` : nothing}`,
    last,
    picture: avatarWithStatus(conversation, FACE_SIZE, isOnline ? 'online' : 'offline'),
    preview: last ? previewOf(last) : 'No messages yet',
  });
}

/**
 * @param {Room} room
 * @param {string | null} current
 */
function roomRow(room, current) {
  const last = room.last_message;
  const author = last && last.sender.id !== session.profile?.id ? `${last.sender.display_name}: ` : '';
  return chatRow(room.chat_id, {
    href: roomUrl(room),
    current,
    name: html`<strong dir="auto">${roomTitle(room)}</strong>`,
    last,
    picture: html`<span class="avatar room-icon">${icon('globe')}</span>`,
    preview: last ? author + previewOf(last) : 'Open to everyone',
  });
}

/**
 * @param {string} chatId
 * @param {{
 *   href: string,
 *   current: string | null,
 *   name: unknown,
 *   last: Message | null,
 *   picture: unknown,
 *   preview: string,
 * }} row
 */
function chatRow(chatId, { href, current, name, last, picture, preview }) {
  return html`<li>
    <a href=${href} aria-current=${ifDefined(href === current ? 'page' : undefined)}>
      ${picture}
      <span class="summary">
        <span class="summary-head">${name} ${last ? shortTimeAgo(last.date, 'time.hint') : nothing}</span>
        <span class="summary-rest">
          <span class="hint last-message" dir="auto">${preview}</span>
          ${unreadCount(chatsStore.unread.value.get(chatId) ?? 0)}
        </span>
      </span>
    </a>
  </li>`;
}

/** @param {number} count */
function unreadCount(count) {
  if (!count) return nothing;
  return html`<span class="count"
    ><span class="visually-hidden">, </span>${count > 99 ? '99+' : count}<span class="visually-hidden">
      unread</span
    ></span
  >`;
}

/** @param {Message} message */
function previewOf({ is_deleted: isDeleted, sender, content }) {
  if (isDeleted) return 'Message deleted';
  return `${sender.id === session.profile?.id ? 'You: ' : ''}${content}`;
}
