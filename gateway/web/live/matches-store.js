// @ts-check
// The match that the user is in, or looks for.

import { environment } from './environment.js';
import { queueStore } from './queue-store.js';
import { createSignal } from './signal.js';

/**
 * @import { CurrentEngagement, GameFound, Notification, NotificationCreated } from '../api/types.js'
 * @import { Environment } from './environment.js'
 * @import { QueueStore } from './queue-store.js'
 * @import { Signal } from './signal.js'
 */
/** A match of a tournament, and whom it is against there.
 * @typedef {{ id: string, name: string, opponent: string }} MatchTournament */
/**
 * @typedef {object} CurrentMatch
 * @property {string} match_id
 * @property {string} game
 * @property {{ display_name: string } | null} [opponent]
 * @property {MatchTournament} [tournament]
 */

/**
 * @typedef {object} ReadyMatch
 * @property {string} match_id
 * @property {string} game
 * @property {{ display_name: string } | null} opponent
 * @property {string} opponent_alias
 * @property {string} tournament_id
 * @property {string} tournament_name
 */

export class MatchesStore {
  /** The user's live match; the opponent may be missing.
   * @type {Signal<CurrentMatch | null>} */
  current = createSignal(null);
  #loader;
  /** @type {(match: CurrentMatch) => void} */
  #onFound = () => {};
  /** The tournaments of matches that were ready.
   * @type {Map<string, MatchTournament>} */
  #tournaments = new Map();

  /**
   * @param {Pick<Environment, 'api' | 'events' | 'replay'>} environment
   * @param {Pick<QueueStore, 'resume'>} queue
   */
  constructor({ api, events, replay }, queue) {
    this.#loader = replay.loader(async () => {
      const { data } = await api.get('/home/');
      this.current.set(runningMatch(data.engagement));
      for (const notification of data.notifications) this.#noteTournament(notification);
      if (data.engagement?.kind === 'queue') queue.resume(data.engagement.game);
    });
    events.onReplayed('game_found', (found) => this.#take(found));
    events.onReplayed('notification', (notification) => this.#onNotification(notification));
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
    this.#tournaments.clear();
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

  /**
   * The tournament of a match that was ready while this page was open.
   * @param {string} id
   */
  tournamentOf(id) {
    return this.#tournaments.get(id) ?? null;
  }

  /** @param {GameFound} found */
  #take(found) {
    if (this.current.value?.match_id === found.match_id) return;
    this.current.set(found);
    this.#onFound(found);
  }

  /**
   * A match of a tournament that is ready. One of two players at the user's keyboard is found in no other way.
   * @param {NotificationCreated} notification
   */
  #onNotification(notification) {
    const { action, data } = notification;
    if (action !== 'match_ready') return;
    const { match_id: id, game, opponent } = /** @type {ReadyMatch} */ (data);
    const isKnown = this.#tournaments.has(id);
    if (!isKnown && this.current.value?.match_id !== id) this.current.set({ match_id: id, game, opponent });
    this.#noteTournament(notification);
  }

  /**
   * Notes the tournament of a match that is ready, also for the banner.
   * @param {Pick<Notification, 'action' | 'data'>} notification
   */
  #noteTournament({ action, data }) {
    if (action !== 'match_ready') return;
    const ready = /** @type {ReadyMatch} */ (data);
    const tournament = { id: ready.tournament_id, name: ready.tournament_name, opponent: ready.opponent_alias };
    this.#tournaments.set(ready.match_id, tournament);
    const known = this.current.value;
    if (known?.match_id === ready.match_id && !known.tournament) this.current.set({ ...known, tournament });
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
