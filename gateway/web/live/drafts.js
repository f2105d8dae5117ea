// @ts-check
// Drafts: what the user has begun to write, by chat.

import { environment } from './environment.js';

/** @import { Environment } from './environment.js' */

const KIND = 'drafts';
/** The least recently written drafts beyond this number are dropped. */
const MAX_DRAFTS = 50;

export class Drafts {
  #session;
  #written;

  /** @param {Pick<Environment, 'session' | 'written'>} environment */
  constructor({ session, written }) {
    this.#session = session;
    this.#written = written;
  }

  /**
   * The draft in a chat, or an empty text.
   * @param {string} chatId
   */
  get(chatId) {
    return this.#all()[chatId] ?? '';
  }

  /**
   * Keeps the draft in a chat; an empty text removes it.
   * @param {string} chatId
   * @param {string} text
   */
  keep(chatId, text) {
    const userId = this.#session.profile?.id;
    if (!userId) return;
    const { [chatId]: _, ...others } = this.#all();
    const entries = Object.entries(text ? { ...others, [chatId]: text } : others).slice(-MAX_DRAFTS);
    this.#written.keep(KIND, userId, entries.length ? Object.fromEntries(entries) : null);
  }

  /** @returns {Record<string, string>} */
  #all() {
    const userId = this.#session.profile?.id;
    return userId ? this.#written.read(KIND, userId, {}) : {};
  }
}

export const drafts = new Drafts(environment);
