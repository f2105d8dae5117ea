// @ts-check
// The user's conversations, and the unread counts of all chats.

import { fetchAll, removeWhere, updateWhere } from './collections.js';
import { environment } from './environment.js';
import { createSignal } from './signal.js';

/**
 * @import { Conversation, FriendPresence, Message, Unread } from '../api/types.js'
 * @import { Environment } from './environment.js'
 * @import { Signal } from './signal.js'
 */
/** @typedef {Pick<Message, 'id' | 'chat_id' | 'seq' | 'sender'>} ReceivedMessage */

export class ChatsStore {
  /** Direct conversations, most recent first. Their unread counts are in `unread`.
   * @type {Signal<Conversation[]>} */
  conversations = createSignal([]);
  /** Unread messages by chat id.
   * @type {Signal<Map<string, number>>} */
  unread = createSignal(new Map());
  #api;
  #events;
  #page;
  #session;
  #tabs;
  #loader;
  /** The sequence number up to which each chat was read in this browser.
   * @type {Map<string, number>} */
  #readUpTo = new Map();
  /** Incremented by each local change that a response in flight may not include. */
  #version = 0;
  /** Chats that are not conversations: lobbies and rooms.
   * @type {Set<string>} */
  #otherChats = new Set();

  /** @param {Pick<Environment, 'api' | 'events' | 'page' | 'readTabs' | 'replay' | 'session'>} environment */
  constructor({ api, events, page, readTabs, replay, session }) {
    this.#api = api;
    this.#events = events;
    this.#page = page;
    this.#session = session;
    this.#tabs = readTabs;
    this.#loader = replay.loader(async () => {
      const rows = await fetchAll(api, '/chats/');
      this.conversations.set(rows);
      this.noteUnread(rows);
    });
    this.#listen();
  }

  /** Loads the conversations once. */
  ready() {
    return this.#loader.ready();
  }

  /** Reloads what was loaded. */
  refresh() {
    this.#loader.refresh();
    this.#refreshUnread();
  }

  /** Clears the store at logout. */
  reset() {
    this.#loader.reset();
    this.conversations.set([]);
    this.unread.set(new Map());
    this.#readUpTo.clear();
    this.#otherChats.clear();
  }

  /**
   * Takes over the unread counts of these chats.
   * @param {{ chat_id: string, unread_count: number }[]} rows
   */
  noteUnread(rows) {
    const counts = rows.map((row) => /** @type {const} */ ([row.chat_id, row.unread_count]));
    this.unread.set(new Map([...this.unread.value, ...counts]));
  }

  /**
   * Forgets the unread count of a chat that is no longer the user's.
   * @param {string} chatId
   */
  forgetUnread(chatId) {
    const counts = new Map(this.unread.value);
    if (counts.delete(chatId)) this.unread.set(counts);
  }

  /**
   * Marks another user's message, and all before it, as read.
   * @param {Pick<Message, 'id' | 'chat_id' | 'seq'>} message
   */
  async markRead({ id, chat_id: chatId, seq }) {
    if (this.#isRead(chatId, seq)) return;
    const previous = this.#readUpTo.get(chatId) ?? 0;
    this.#applyRead(chatId, seq);
    this.#tabs?.postMessage({ chatId, seq });
    try {
      await this.#events.request('read_message', { id });
    } catch {
      // Allows the next view of the chat to send it again.
      this.#readUpTo.set(chatId, previous);
    }
  }

  /**
   * Deletes a conversation for this user.
   * @param {string} username
   */
  async remove(username) {
    await this.#api.remove(`/chats/${encodeURIComponent(username)}/`);
    this.conversations.set(removeWhere(this.conversations.value, (row) => row.username === username));
  }

  #listen() {
    const events = this.#events;
    events.onReplayed('new_message', (message) => this.#onMessage(message));
    events.on('new_message', (message) => this.#countUnread(message));
    events.onReplayed('message_edited', ({ id, content, edited_at, mentions }) =>
      this.#updateLastMessage(id, { content, edited_at, mentions }),
    );
    events.onReplayed('message_deleted', ({ id }) => this.#updateLastMessage(id, { content: '', is_deleted: true }));
    events.onReplayed('conversation_deleted', ({ chat_id: chatId, seq }) => this.#onDeleted(chatId, seq));
    for (const name of /** @type {const} */ (['user_online', 'user_offline', 'user_status']))
      events.onReplayed(name, (presence) => this.#onPresence(presence));
    events.on('badge_update', ({ change }) => change === 'read' && this.#refreshUnread());
    events.on('caught_up', () => this.#refreshUnread());
    events.on('hello', (hello) => this.#setUnread(hello.unread));
    this.#tabs?.addEventListener('message', ({ data: { chatId, seq } }) => this.#applyRead(chatId, seq));
    this.#page?.addEventListener('visibilitychange', () => this.#refreshUnread());
  }

  /**
   * Reloads the unread counts, as another device may have read messages.
   * @returns {Promise<void>}
   */
  async #refreshUnread() {
    if (!this.#session.signedIn || this.#page.document.visibilityState === 'hidden') return;
    const versionBefore = this.#version;
    try {
      const { data } = await this.#api.get('/chats/unread/');
      if (versionBefore === this.#version) this.#setUnread(data);
      else await this.#refreshUnread();
    } catch {
      // The next event or focus of the page asks again.
    }
  }

  /** @param {Unread} unread */
  #setUnread({ chats }) {
    this.unread.set(new Map(chats.map((row) => [row.chat_id, row.unread_count])));
  }

  /**
   * @param {string} chatId
   * @param {number} seq
   */
  #isRead(chatId, seq) {
    return (this.#readUpTo.get(chatId) ?? 0) >= seq;
  }

  /**
   * @param {string} chatId
   * @param {number} seq
   */
  #applyRead(chatId, seq) {
    this.#version += 1;
    this.#readUpTo.set(chatId, Math.max(seq, this.#readUpTo.get(chatId) ?? 0));
    if (this.unread.value.get(chatId)) this.unread.set(new Map(this.unread.value).set(chatId, 0));
  }

  /** @param {ReceivedMessage} message */
  #countUnread({ chat_id: chatId, seq, sender }) {
    const isOwn = sender.id === this.#session.profile?.id;
    // The greeting's counts include the events that are being caught up on.
    if (this.#events.catchingUp || isOwn || this.#isRead(chatId, seq)) return;
    this.#version += 1;
    this.unread.set(new Map(this.unread.value).set(chatId, (this.unread.value.get(chatId) ?? 0) + 1));
  }

  /** @param {Message} message */
  #onMessage(message) {
    const known = this.conversations.value.find((row) => row.chat_id === message.chat_id);
    if (!known) return void this.#checkNewChat(message.chat_id);
    if (known.last_message && known.last_message.seq >= message.seq) return undefined;
    const rest = removeWhere(this.conversations.value, (row) => row === known);
    return this.conversations.set([{ ...known, last_message: message }, ...rest]);
  }

  /**
   * Reloads the list for a message in an unknown chat: a new conversation, or a lobby or room.
   * @param {string} chatId
   */
  async #checkNewChat(chatId) {
    if (this.#otherChats.has(chatId)) return;
    this.#otherChats.add(chatId);
    this.#loader.refresh();
    try {
      await this.#loader.ready();
    } catch {
      this.#otherChats.delete(chatId);
    }
    if (this.conversations.value.some((row) => row.chat_id === chatId)) this.#otherChats.delete(chatId);
  }

  /**
   * @param {string} id
   * @param {Partial<Message>} changes
   */
  #updateLastMessage(id, changes) {
    const matches = (/** @type {Conversation} */ row) => row.last_message?.id === id;
    const last = this.conversations.value.find(matches)?.last_message;
    if (last)
      this.conversations.set(updateWhere(this.conversations.value, matches, { last_message: { ...last, ...changes } }));
  }

  /**
   * @param {string} chatId
   * @param {number} seq
   */
  #onDeleted(chatId, seq) {
    const isGone = (/** @type {Conversation} */ row) => row.chat_id === chatId && (row.last_message?.seq ?? 0) <= seq;
    this.conversations.set(removeWhere(this.conversations.value, isGone));
    this.#applyRead(chatId, seq);
  }

  /** @param {FriendPresence} presence */
  #onPresence({ username, status }) {
    const isOnline = status !== 'offline';
    const isChanged = (/** @type {Conversation} */ row) => row.username === username && row.is_online !== isOnline;
    this.conversations.set(updateWhere(this.conversations.value, isChanged, { is_online: isOnline }));
  }
}

/**
 * The total of all unread counts.
 * @param {Map<string, number>} counts
 */
export const totalUnread = (counts) => [...counts.values()].reduce((sum, count) => sum + count, 0);

export const chatsStore = new ChatsStore(environment);
