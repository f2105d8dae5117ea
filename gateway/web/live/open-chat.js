// @ts-check
// An open chat: its messages, from the newest back as far as they were loaded, and who is typing.

import { environment } from './environment.js';
import { createSignal } from './signal.js';

/**
 * @import { LikeUpdate, Message, MessageEdited, NewMessage } from '../api/types.js'
 * @import { Environment } from './environment.js'
 * @import { Signal } from './signal.js'
 * @import { Events } from './socket-types.js'
 */
/**
 * The socket that carries the events of a chat: that for everything, or that of a lobby.
 * @typedef {object} ChatSocket
 * @property {Subscribe<ChatEvents>} on
 * @property {Subscribe<ChatEvents>} onReplayed
 * @property {(action: 'typing', data: { chat_id: string, is_typing: boolean }) => boolean} send
 */
/**
 * @template E
 * @typedef {<N extends keyof E & string>(name: N, listener: (data: E[N]) => void, signal?: AbortSignal | null) => void} Subscribe
 */
/** @typedef {Pick<Events<'events'>, ChatEventName>} ChatEvents */
/** @typedef {'new_message' | 'message_edited' | 'message_deleted' | 'chat_like_update' | 'typing' | 'resync'} ChatEventName */
/** @typedef {Pick<Environment, 'api' | 'clock' | 'events' | 'replay' | 'session'>} ChatEnvironment */

const PAGE_SIZE = 30;
const MAX_RELOAD = 100;
/** A typing indicator that is not renewed ends after this time. */
const TYPING_TIMEOUT = 5_000;
const TYPING_INTERVAL = 3_000;
const CHANGES = /** @type {const} */ (['new_message', 'message_edited', 'message_deleted', 'chat_like_update']);
/** @type {Partial<Message>} */
const DELETED = { content: '', is_deleted: true, like_count: 0, is_liked: false, mentions: [] };

export class OpenChat {
  /** Oldest first.
   * @type {Signal<Message[]>} */
  messages = createSignal([]);
  /** @type {Signal<boolean>} */
  hasOlder;
  /** The usernames of the people who are typing.
   * @type {Signal<string[]>} */
  typists = createSignal([]);
  chatId;
  #api;
  #clock;
  #events;
  #replay;
  #session;
  #signal;
  #socket;
  #path;
  /** @type {Map<string, number>} */
  #typingTimers = new Map();
  /** When the user was last reported as typing; null while they are not.
   * @type {number | null} */
  #typingReportedAt = null;

  /**
   * Opens a chat with its latest messages.
   * @param {string} chatId
   * @param {Message[]} latest
   * @param {AbortSignal} signal Closes the chat.
   * @param {ChatSocket} socket
   * @param {ChatEnvironment} environment
   */
  constructor(chatId, latest, signal, socket, { api, clock, events, replay, session }) {
    this.chatId = chatId;
    this.hasOlder = createSignal(latest.length >= PAGE_SIZE);
    this.#api = api;
    this.#clock = clock;
    this.#events = events;
    this.#replay = replay;
    this.#session = session;
    this.#signal = signal;
    this.#socket = socket;
    this.#path = /** @type {const} */ (`/chats/rooms/${chatId}/messages/`);
    this.#merge(latest);
    this.#listenToMessages();
    this.#listenToTyping();
  }

  /** Loads the messages again, as many as were loaded. */
  async reload() {
    try {
      await this.#replay.load(async () => {
        const limit = Math.min(Math.max(this.messages.value.length, PAGE_SIZE), MAX_RELOAD);
        const { data, meta } = await this.#api.get(`${this.#path}?limit=${limit}`, { signal: this.#signal });
        this.messages.set(data.toReversed());
        this.hasOlder.set(Boolean(meta.next));
      });
    } catch {
      // The next resync loads again.
    }
  }

  async loadOlder() {
    const first = this.messages.value[0];
    if (!first) return;
    const path = /** @type {const} */ (`${this.#path}?limit=${PAGE_SIZE}&before=${first.id}`);
    const { data } = await this.#api.get(path, { signal: this.#signal });
    this.#merge(data);
    this.hasOlder.set(data.length >= PAGE_SIZE);
  }

  /**
   * @param {Pick<Message, 'id'>} message
   * @param {string} content
   */
  async edit({ id }, content) {
    const { data } = await this.#api.patch(`/messages/${id}/`, { content });
    this.#onEdited({ ...data, id });
  }

  /** @param {Pick<Message, 'id'>} message */
  async remove({ id }) {
    await this.#api.remove(`/messages/${id}/`);
    this.#update(id, DELETED);
  }

  /** @param {Pick<Message, 'id' | 'is_liked'>} message */
  async toggleLike({ id, is_liked: isLiked }) {
    const path = /** @type {const} */ (`/messages/${id}/like/`);
    const { data } = isLiked ? await this.#api.remove(path) : await this.#api.post(path);
    this.#update(id, { is_liked: data.is_liked, like_count: data.like_count });
  }

  /**
   * Reports whether the user is typing, at most once per interval.
   * @param {boolean} isTyping
   */
  setTyping(isTyping) {
    const now = this.#clock.monotonic();
    const isReported = this.#typingReportedAt !== null && now - this.#typingReportedAt < TYPING_INTERVAL;
    if (isTyping ? isReported : this.#typingReportedAt === null) return;
    this.#typingReportedAt = isTyping ? now : null;
    this.#socket.send('typing', { chat_id: this.chatId, is_typing: isTyping });
  }

  #listenToMessages() {
    const [socket, signal] = [this.#socket, this.#signal];
    /** @type {<T extends { chat_id: string }>(listener: (data: T) => void) => (data: T) => void} */
    const own = (listener) => (data) => data.chat_id === this.chatId && listener(data);
    const add = own((/** @type {NewMessage} */ message) => this.#add(message));
    socket.onReplayed('new_message', add, signal);
    // The outbox dispatches own messages on the events socket, before their event arrives here.
    if (socket !== this.#events) this.#events.on('new_message', add, signal);
    socket.onReplayed(
      'message_edited',
      own((/** @type {MessageEdited} */ edited) => this.#onEdited(edited)),
      signal,
    );
    socket.onReplayed(
      'message_deleted',
      own(({ id }) => this.#update(id, DELETED)),
      signal,
    );
    socket.onReplayed(
      'chat_like_update',
      own((/** @type {LikeUpdate} */ update) => this.#onLike(update)),
      signal,
    );
    this.#events.onReplayed(
      'message_read',
      ({ chat_id: chatId, seq }) => chatId === this.chatId && this.#onRead(seq),
      signal,
    );
    const isMeant = (/** @type {string} */ name) => name === `chat:${this.chatId}` || name.startsWith('user:');
    socket.on('resync', (streams) => streams.some(isMeant) && this.reload(), signal);
  }

  #listenToTyping() {
    const listener = (/** @type {Events<'events'>['typing']} */ { chat_id: chatId, username, is_typing: isTyping }) => {
      if (chatId === this.chatId) this.#onTyping(username, isTyping);
    };
    this.#socket.on('typing', listener, this.#signal);
    this.#socket.on(
      'new_message',
      (message) => message.chat_id === this.chatId && this.#onTyping(message.sender.username, false),
      this.#signal,
    );
  }

  /**
   * Orders messages by sequence number; a newer copy of a message replaces the older one.
   * @param {Message[]} some
   */
  #merge(some) {
    const bySeq = new Map(this.messages.value.map((message) => [message.seq, message]));
    for (const message of some) bySeq.set(message.seq, message);
    this.messages.set([...bySeq.values()].sort((a, b) => a.seq - b.seq));
  }

  /**
   * @param {string} id
   * @param {Partial<Message>} changes
   */
  #update(id, changes) {
    const known = this.messages.value.find((message) => message.id === id);
    if (known) this.#merge([{ ...known, ...changes }]);
  }

  /** @param {NewMessage} message */
  #add({ timestamp: _, ...message }) {
    if (!this.messages.value.some(({ id }) => id === message.id)) this.#merge([message]);
  }

  /** @param {Pick<Message, 'id' | 'content' | 'edited_at' | 'mentions'>} edited */
  #onEdited({ id, content, edited_at, mentions }) {
    this.#update(id, { content, edited_at, mentions });
  }

  /** @param {LikeUpdate} update */
  #onLike({ id, user_id: userId, is_liked, like_count }) {
    const isOwn = userId === this.#session.profile?.id;
    this.#update(id, isOwn ? { like_count, is_liked } : { like_count });
  }

  /** @param {number} seq */
  #onRead(seq) {
    const ownId = this.#session.profile?.id;
    const isRead = (/** @type {Message} */ message) => message.seq <= seq && message.sender.id === ownId;
    const read = this.messages.value.filter((message) => isRead(message) && !message.is_read);
    this.#merge(read.map((message) => ({ ...message, is_read: true })));
  }

  /**
   * @param {string} username
   * @param {boolean} isTyping
   */
  #onTyping(username, isTyping) {
    this.#clock.clearTimeout(this.#typingTimers.get(username));
    const others = this.typists.value.filter((typist) => typist !== username);
    this.typists.set(isTyping ? [...others, username] : others);
    if (!isTyping) return;
    const timer = this.#clock.setTimeout(() => this.#onTyping(username, false), TYPING_TIMEOUT);
    this.#typingTimers.set(username, timer);
  }
}

/**
 * Opens a chat with its latest messages, oldest first.
 * @param {string} chatId
 * @param {Message[]} latest
 * @param {AbortSignal} signal Closes the chat.
 * @param {ChatSocket} [socket] Carries its events.
 * @param {ChatEnvironment} [surroundings]
 */
export const openChat = (chatId, latest, signal, socket = environment.events, surroundings = environment) =>
  new OpenChat(chatId, latest, signal, socket, surroundings);

/**
 * Loads a room with its latest messages and opens it. What changes while it loads may be missing in the
 * response and has no listener yet, so the messages are loaded again in that case. Returns the room and the chat.
 * @template {{ chat_id: string, messages: Message[] }} Room
 * @param {() => Promise<Room>} load
 * @param {AbortSignal} signal
 * @param {ChatEnvironment} [surroundings]
 */
export async function loadAndOpenChat(load, signal, surroundings = environment) {
  /** @type {Set<string>} */
  const changed = new Set();
  const loaded = new AbortController();
  for (const name of CHANGES) surroundings.events.on(name, ({ chat_id: chatId }) => changed.add(chatId), loaded.signal);
  try {
    const room = await load();
    const chat = openChat(room.chat_id, room.messages, signal, surroundings.events, surroundings);
    if (changed.has(room.chat_id)) chat.reload();
    return { room, chat };
  } finally {
    loaded.abort();
  }
}
