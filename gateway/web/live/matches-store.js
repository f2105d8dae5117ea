// @ts-check
// The match that the user is in, or looks for.

import { environment } from './environment.js';
import { queueStore } from './queue-store.js';
import { createSignal } from './signal.js';

/**
 * @import { CurrentEngagement, GameFound } from '../api/types.js'
 * @import { Environment } from './environment.js'
 * @import { QueueStore } from './queue-store.js'
 * @import { Signal } from './signal.js'
 */
/** @typedef {{ match_id: string, game: string, opponent?: { display_name: string } | null }} CurrentMatch */

export class MatchesStore {
  /** The user's live match; the opponent may be missing.
   * @type {Signal<CurrentMatch | null>} */
  current = createSignal(null);
  #loader;
  /** @type {(match: CurrentMatch) => void} */
  #onFound = () => {};

  /**
   * @param {Pick<Environment, 'api' | 'events' | 'replay'>} environment
   * @param {Pick<QueueStore, 'resume'>} queue
   */
  constructor({ api, events, replay }, queue) {
    this.#loader = replay.loader(async () => {
      const { data } = await api.get('/home/');
      this.current.set(runningMatch(data.engagement));
      if (data.engagement?.kind === 'queue') queue.resume(data.engagement.game);
    });
    events.onReplayed('game_found', (found) => this.#take(found));
    for (const name of /** @type {const} */ (['match_finished', 'match_canceled']))
      events.onReplayed(name, ({ match_id: id }) => this.noteEnd(id));
  }

  /** Loads the match once. */
  ready() {
    return this.#loader.ready();
  }

  /** Reloads the match if it was loaded. */
  refresh() {
    this.#loader.refresh();
  }

  /** Clears the store at logout. */
  reset() {
    this.#loader.reset();
    this.current.set(null);
  }

  /**
   * Sets the callback for a match that has been found for the user.
   * @param {(match: CurrentMatch) => void} callback
   */
  onFound(callback) {
    this.#onFound = callback;
  }

  /**
   * Notes a match that the user has opened as a player.
   * @param {CurrentMatch} match
   */
  noteMatch(match) {
    if (this.current.value?.match_id !== match.match_id) this.current.set(match);
  }

  /**
   * Notes that a match has ended.
   * @param {string} id
   */
  noteEnd(id) {
    if (this.current.value?.match_id === id) this.current.set(null);
  }

  /** @param {GameFound} found */
  #take(found) {
    if (this.current.value?.match_id === found.match_id) return;
    this.current.set(found);
    this.#onFound(found);
  }
}

/**
 * @param {CurrentEngagement | null | undefined} engagement
 * @returns {CurrentMatch | null}
 */
const runningMatch = (engagement) => (engagement?.match_id ? { ...engagement, match_id: engagement.match_id } : null);

/** @param {string} id */
export const matchUrl = (id) => `/matches/${id}`;

export const matchesStore = new MatchesStore(environment, queueStore);
