// @ts-check
// Messages that are not confirmed yet. Each is sent until the server has it, in the order written;
// its client id makes it one message however often it is sent.

import { ApiError } from '../api/client.js';
import { environment } from './environment.js';
import { createSignal } from './signal.js';

/**
 * @import { Environment } from './environment.js'
 * @import { Signal } from './signal.js'
 */
/**
 * A message as it was written: `waiting`, or `failed` with an `error`.
 * @typedef {object} UnsentMessage
 * @property {string} client_id
 * @property {string} chat_id
 * @property {string} content
 * @property {string | null} reply_to
 * @property {string} at
 * @property {'waiting' | 'failed'} status
 * @property {string | null} [error]
 */
/** The session whose messages are sent: its user, and the chats with a delivery in progress.
 * @typedef {{ user: string, delivering: Set<string> }} Owner */
/** A confirmation, a refusal, or the least pause before another attempt.
 * @typedef {{ isConfirmed?: boolean, refusal?: string, pause?: number }} AttemptOutcome */

const KIND = 'unsent';
const MIN_BACKOFF = 1_000;
/** However long the server is away, messages are sent soon after its return. */
const MAX_BACKOFF = 5_000;

export class Outbox {
  /** @type {Signal<UnsentMessage[]>} */
  unsent = createSignal([]);
  #api;
  #clock;
  #connection;
  #events;
  #session;
  #written;
  /** @type {Owner | null} */
  #owner = null;
  /** Callbacks that end the current backoffs.
   * @type {Set<() => void>} */
  #backoffs = new Set();
  /** How often the server has become reachable again. */
  #restorations = 0;

  /** @param {Pick<Environment, 'api' | 'clock' | 'connection' | 'events' | 'session' | 'written'>} environment */
  constructor({ api, clock, connection, events, session, written }) {
    this.#api = api;
    this.#clock = clock;
    this.#connection = connection;
    this.#events = events;
    this.#session = session;
    this.#written = written;
    events.on('new_message', ({ client_id: id }) => this.#onMessage(id ?? null));
    connection.onRestored(() => this.#onRestored());
  }

  /**
   * Queues a message and sends it as soon as possible.
   * @param {string} chatId
   * @param {string} content
   * @param {string | null} [replyTo]
   */
  post(chatId, content, replyTo = null) {
    /** @type {UnsentMessage} */
    const message = {
      client_id: newClientId(),
      chat_id: chatId,
      content,
      reply_to: replyTo,
      at: new Date(this.#clock.now()).toISOString(),
      status: 'waiting',
    };
    this.#setUnsent([...this.unsent.value, message]);
    this.#deliver(chatId);
  }

  /**
   * Sends a failed message again.
   * @param {Pick<UnsentMessage, 'client_id' | 'chat_id'>} message
   */
  retry(message) {
    this.#update(message.client_id, { status: 'waiting', error: null });
    this.#deliver(message.chat_id);
  }

  /**
   * Removes a message without sending it.
   * @param {Pick<UnsentMessage, 'client_id'>} message
   */
  discard(message) {
    this.#setUnsent(this.unsent.value.filter(({ client_id: id }) => id !== message.client_id));
  }

  /** Goes on with what this tab had not sent before it was reloaded, or before the user's last session ended. */
  start() {
    const user = this.#session.ownProfile.id;
    this.#owner = { user, delivering: new Set() };
    this.unsent.set(this.#written.read(KIND, user, []));
    for (const chatId of new Set(this.unsent.value.map((message) => message.chat_id))) this.#deliver(chatId);
  }

  /** Stops at logout. What is not sent stays in storage. */
  reset() {
    this.#owner = null;
    this.unsent.set([]);
    this.#endBackoffs();
  }

  /** @param {string} chatId */
  #nextWaiting(chatId) {
    return this.unsent.value.find((message) => message.chat_id === chatId && message.status === 'waiting');
  }

  /**
   * @param {string} clientId
   * @param {Partial<UnsentMessage>} changes
   */
  #update(clientId, changes) {
    this.#setUnsent(
      this.unsent.value.map((message) => (message.client_id === clientId ? { ...message, ...changes } : message)),
    );
  }

  /**
   * Sends what waits in a chat, one message after the other, as long as the session lasts.
   * @param {string} chatId
   */
  async #deliver(chatId) {
    const owner = this.#owner;
    if (!owner || owner.delivering.has(chatId)) return;
    owner.delivering.add(chatId);
    let failures = 0;
    for (let message = this.#nextWaiting(chatId); message; message = this.#nextWaiting(chatId)) {
      const restorationsBefore = this.#restorations;
      const outcome = await this.#attempt(message);
      if (owner !== this.#owner) return;
      if (failures && outcome.isConfirmed) this.#connection.reportRestored();
      failures = outcome.pause ? failures + 1 : 0;
      if (outcome.pause && this.#restorations === restorationsBefore)
        await this.#backOff(Math.max(outcome.pause, Math.min(MIN_BACKOFF * 2 ** failures, MAX_BACKOFF)));
      if (owner !== this.#owner) return;
    }
    owner.delivering.delete(chatId);
  }

  /**
   * Sends a message once, and notes a confirmation or refusal, unless the session has ended meanwhile.
   * @param {UnsentMessage} message
   * @returns {Promise<AttemptOutcome>}
   */
  async #attempt(message) {
    const owner = this.#owner;
    const outcome = await this.#send(message);
    if (owner !== this.#owner) return outcome;
    if (outcome.isConfirmed) this.discard(message);
    if (outcome.refusal) this.#update(message.client_id, { status: 'failed', error: outcome.refusal });
    return outcome;
  }

  /**
   * @param {UnsentMessage} message
   * @returns {Promise<AttemptOutcome>}
   */
  async #send({ client_id, chat_id: chatId, content, reply_to }) {
    try {
      const { data } = await this.#api.post(`/chats/rooms/${chatId}/messages/`, { client_id, content, reply_to });
      this.#events.dispatch('new_message', data);
      return { isConfirmed: true };
    } catch (error) {
      return failedOutcome(error);
    }
  }

  /**
   * Waits; `#endBackoffs` ends the wait early.
   * @param {number} pause
   * @returns {Promise<void>}
   */
  #backOff(pause) {
    return new Promise((resolve) => {
      const end = () => {
        this.#clock.clearTimeout(timer);
        this.#backoffs.delete(end);
        resolve();
      };
      const timer = this.#clock.setTimeout(end, pause);
      this.#backoffs.add(end);
    });
  }

  #endBackoffs() {
    for (const end of [...this.#backoffs]) end();
  }

  /** @param {UnsentMessage[]} messages */
  #setUnsent(messages) {
    this.unsent.set(messages);
    if (this.#owner) this.#written.keep(KIND, this.#owner.user, messages.length ? messages : null);
  }

  /** @param {string | null} clientId */
  #onMessage(clientId) {
    if (clientId && this.unsent.value.some((message) => message.client_id === clientId))
      this.discard({ client_id: clientId });
  }

  #onRestored() {
    this.#restorations += 1;
    this.#endBackoffs();
  }
}

/**
 * @param {unknown} error
 * @returns {AttemptOutcome}
 */
function failedOutcome(error) {
  if (!(error instanceof ApiError)) return { refusal: String(error) };
  // After a 401 the session has ended; the message waits for the next one.
  const isTransient = error.isOffline || [401, 429].includes(error.status) || error.status >= 500;
  return isTransient ? { pause: Math.max(error.retryAfter * 1000, 1) } : { refusal: error.message };
}

const newClientId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');

export const outbox = new Outbox(environment);
