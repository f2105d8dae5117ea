// @ts-check
// The messages of a chat, rendered as they change.

import { session } from '../../api/session.js';
import { elementOf } from '../../elements/template-parts.js';
import { chatsStore } from '../../live/chats-store.js';
import { outbox } from '../../live/outbox.js';
import { html, render, repeat } from '../../vendor/lit.js';
import { renderMessage, renderUnsent } from './chat-message.js';
import { onLongPress } from './long-press.js';
import { messageActions } from './message-actions.js';
import { messageMenu } from './message-menu.js';
import { rowBuilder } from './message-rows.js';
import { messageScroller } from './message-scroller.js';
import { rowFocus } from './row-focus.js';

/** @typedef {import('../../api/types.js').Message} Message */
/** @typedef {import('./chat-composer.js').Composer} Composer */
/** @typedef {import('./chat-panel.js').Chat} Chat */
/** @typedef {import('./chat-panel.js').UnsentMessage} UnsentMessage */
/** @typedef {import('./message-rows.js').MessageRow} MessageRow */
/** @typedef {ReturnType<typeof rowFocus>} Focus */
/** @typedef {{ input: MessageRow | UnsentMessage, element: HTMLElement }} Item */

/** @type {import('./chat-message.js').UnsentActions} */
const UNSENT_ACTIONS = { retry: (message) => outbox.retry(message), discard: (message) => outbox.discard(message) };

/**
 * The list in its scroller. Without a composer, messages have no tools; `empty` stands where no message does.
 *
 * @param {{ chat: Chat, composer: Composer | null, showNames: boolean, empty: HTMLElement, signal: AbortSignal }} view
 */
export function messageList({ chat, composer, showNames, empty, signal }) {
  const ownId = session.profile?.id ?? '';
  const list = elementOf(html`<ol class="messages"></ol>`);
  const menu = messageMenu(signal);
  const onSeen = () => markLatestRead(chat.messages.value, ownId);
  const { scroller, newer, around } = messageScroller({ chat, list, onSeen, signal });
  scroller.append(empty, menu.element);
  const actions = composer && messageActions({ chat, composer, menu, ownId });
  /** @param {HTMLElement} row */
  const openMenu = (row) => {
    const message = chat.messages.value.find(({ id }) => id === row.dataset['key']);
    row.focus({ preventScroll: true });
    if (message && !message.is_deleted) actions?.openMenu(message, row);
  };
  const focus = rowFocus(list, { update: (ids) => items.updateFocus(ids), openMenu });
  const items = itemRenderer(list, focus, { ownId, showNames, actions });
  const buildRows = rowBuilder({ ownId, firstUnread: firstUnreadOf(chat, ownId) });
  const update = () => {
    const inputs = [...buildRows(chat.messages.value), ...unsentIn(chat)];
    around(() => keepFocus(list, () => items.show(inputs)));
    focus.follow(chat.messages.value);
    empty.hidden = inputs.length > 0;
  };
  onLongPress(list, '.message[data-key]', openMenu);
  chat.messages.subscribe(update, signal);
  outbox.unsent.subscribe(update, signal);
  return { scroller, newer };
}

/**
 * The id of the first message that is unread as the chat is opened.
 *
 * @param {Chat} chat
 * @param {string} ownId
 */
const firstUnreadOf = ({ messages }, ownId) =>
  messages.value.find((message) => !message.is_read && message.sender.id !== ownId)?.id;

/**
 * The messages of the chat that are not confirmed yet.
 *
 * @param {Chat} chat
 * @returns {UnsentMessage[]}
 */
function unsentIn({ chatId, messages }) {
  const sent = new Set(messages.value.map((message) => message.client_id));
  return outbox.unsent.value.filter((message) => message.chat_id === chatId && !sent.has(message.client_id));
}

/**
 * Renders messages into elements of the list, each again only when it shows something else: a long chat stays fast.
 *
 * @param {HTMLElement} list
 * @param {Focus} focus
 * @param {import('./chat-message.js').MessageContext} context
 */
function itemRenderer(list, focus, context) {
  /** @type {Map<string, Item>} */
  let shown = new Map();
  /** @param {Item} item */
  const renderItem = ({ input, element }) => {
    if ('message' in input) renderMessage(element, input, { ...context, focus: focus.of(input.message.id) });
    else renderUnsent(element, input, UNSENT_ACTIONS);
  };
  /** @param {Item['input']} input @returns {[string, Item]} */
  const itemOf = (input) => {
    const key = 'message' in input ? input.message.id : input.client_id;
    const old = shown.get(key);
    if (old && old.input === input) return [key, old];
    const item = { input, element: old?.element ?? document.createElement('li') };
    renderItem(item);
    return [key, item];
  };
  return {
    /** @param {Item['input'][]} inputs */
    show(inputs) {
      shown = new Map(inputs.map(itemOf));
      const rows = repeat(
        shown,
        ([key]) => key,
        ([, { element }]) => element,
      );
      render(rows, list);
    },
    /** @param {(string | null)[]} ids The messages whose focus has changed. */
    updateFocus(ids) {
      for (const item of new Set(ids.map((id) => shown.get(id ?? '')))) if (item) renderItem(item);
    },
  };
}

/**
 * Runs a rendering; if it removes the control with the focus, its message gets the focus.
 *
 * @param {HTMLElement} list
 * @param {() => void} rendering
 */
function keepFocus(list, rendering) {
  const focused = document.activeElement;
  rendering();
  if (focused?.isConnected || document.activeElement !== document.body) return;
  const row = list.querySelector('.message[tabindex="0"]');
  if (row instanceof HTMLElement) row.focus({ preventScroll: true });
}

/**
 * @param {Message[]} messages
 * @param {string} ownId
 */
function markLatestRead(messages, ownId) {
  if (document.visibilityState === 'hidden') return;
  const last = messages.findLast((message) => message.sender.id !== ownId);
  if (last) chatsStore.markRead(last);
}
