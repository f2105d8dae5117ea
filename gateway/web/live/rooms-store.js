// @ts-check
// The lobbies that the user follows, and the rooms they are a member of.

import { chatsStore } from './chats-store.js';
import { fetchAll, removeWhere, updateWhere, upsert } from './collections.js';
import { environment } from './environment.js';
import { createSignal } from './signal.js';

/**
 * @import { Message, RoomLine } from '../api/types.js'
 * @import { ChatsStore } from './chats-store.js'
 * @import { Environment } from './environment.js'
 * @import { Signal } from './signal.js'
 */

/** The world chat, which everybody can open, comes first. */
export const WORLD = 'world';

export class RoomsStore {
  /** @type {Signal<RoomLine[]>} */
  rooms = createSignal([]);
  #api;
  #chats;
  #loader;
  /** Chats without a row in the list that have caused a reload.
   * @type {Set<string>} */
  #unknownChats = new Set();

  /**
   * @param {Pick<Environment, 'api' | 'events' | 'replay'>} environment
   * @param {Pick<ChatsStore, 'conversations' | 'noteUnread' | 'forgetUnread'>} chats
   */
  constructor({ api, events, replay }, chats) {
    this.#api = api;
    this.#chats = chats;
    this.#loader = replay.loader(async () => {
      const rows = await fetchAll(api, '/chats/rooms/');
      this.rooms.set(rows);
      chats.noteUnread(rows);
    });
    events.onReplayed('new_message', (message) => this.#onMessage(message));
  }

  /** Loads the rooms once. */
  ready() {
    return this.#loader.ready();
  }

  /** Reloads what was loaded. */
  refresh() {
    this.#loader.refresh();
  }

  /** Clears the store at logout. */
  reset() {
    this.#loader.reset();
    this.rooms.set([]);
    this.#unknownChats.clear();
  }

  /**
   * Whether the user follows this lobby.
   * @param {string} chatId
   */
  isFollowed(chatId) {
    return this.rooms.value.some((room) => room.chat_id === chatId);
  }

  /**
   * Follows a lobby: its messages count as unread wherever the user is.
   * @param {Pick<RoomLine, 'name' | 'chat_id' | 'kind'>} lobby
   */
  async follow({ name, chat_id: chatId, kind }) {
    await this.#api.post(`/chats/lobbies/${encodeURIComponent(name)}/join/`);
    const row = { chat_id: chatId, kind, name, unread_count: 0, last_message: null };
    this.rooms.set(upsert(this.rooms.value, row, (room) => room.chat_id === chatId));
  }

  /**
   * Unfollows a lobby.
   * @param {Pick<RoomLine, 'chat_id'>} lobby
   */
  async unfollow({ chat_id: chatId }) {
    await this.#api.post(`/chats/rooms/${chatId}/leave/`);
    this.rooms.set(removeWhere(this.rooms.value, (room) => room.chat_id === chatId));
    this.#chats.forgetUnread(chatId);
  }

  /** @param {Message} message */
  #onMessage(message) {
    const isSame = (/** @type {{ chat_id: string }} */ row) => row.chat_id === message.chat_id;
    if (this.rooms.value.some(isSame)) {
      this.rooms.set(updateWhere(this.rooms.value, isSame, { last_message: message }));
    } else if (!this.#unknownChats.has(message.chat_id) && !this.#chats.conversations.value.some(isSame)) {
      this.#unknownChats.add(message.chat_id);
      this.#loader.refresh();
    }
  }
}

/**
 * What a lobby or room is called.
 * @param {Pick<RoomLine, 'kind' | 'name'>} room
 */
export const roomTitle = ({ kind, name }) => {
  if (kind !== 'lobby') return name;
  return name === WORLD ? 'World chat' : `Lobby ${name}`;
};

/**
 * The address of a lobby or room.
 * @param {Pick<RoomLine, 'kind' | 'name' | 'chat_id'>} room
 */
export const roomUrl = ({ kind, name, chat_id: chatId }) =>
  kind === 'lobby' ? `/chats/lobby/${encodeURIComponent(name)}` : `/chats/room/${chatId}`;

export const roomsStore = new RoomsStore(environment, chatsStore);
