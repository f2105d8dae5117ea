// @ts-check
// The search for an opponent. It goes on while the user looks around.

import { ApiError } from '../api/client.js';
import { environment } from './environment.js';
import { ReconnectingSocket } from './reconnecting-socket.js';
import { createSignal } from './signal.js';

/**
 * @import { EnterQueue, Queued, SocketEvents } from '../api/types.js'
 * @import { Environment } from './environment.js'
 * @import { Signal } from './signal.js'
 */
/** @typedef {NonNullable<EnterQueue['options']>} QueueOptions */
/**
 * @typedef {object} Search
 * @property {string} game
 * @property {QueueOptions} options
 * @property {number} since In the time of the monotonic clock.
 * @property {number | null} position
 * @property {number[] | null} band The ratings of opponents that come into question.
 * @property {number} others How many others wait.
 * @property {number | null} estimate In seconds.
 * @property {boolean} paused
 * @property {string | null} error
 */
/** @typedef {ReconnectingSocket<'matchmaking'>} QueueSocket */

/** The game and the options of a search.
 * @typedef {{ game: string, options: QueueOptions }} Wanted */

/** Where the latest search is kept, also while the page is reloaded. */
const SETTING = 'search';
/** The server tells the place each two seconds. A user who is told nothing any more has left elsewhere. */
const MAX_SILENCE = 10_000;

export class QueueStore {
  /** @type {Signal<Search | null>} */
  search = createSignal(null);
  #api;
  #clock;
  #settings;
  #openSocket;
  /** @type {QueueSocket | null} */
  #socket = null;
  /** Ends a search that the server says nothing more about.
   * @type {number | undefined} */
  #silence;

  /**
   * @param {Pick<Environment, 'api' | 'clock' | 'events' | 'settings'>} environment
   * @param {(path: string) => QueueSocket} [openSocket]
   */
  constructor({ api, clock, events, settings }, openSocket = (path) => new ReconnectingSocket(path)) {
    this.#api = api;
    this.#clock = clock;
    this.#settings = settings;
    this.#openSocket = openSocket;
    events.onReplayed('game_found', () => this.reset());
    events.onReplayed('match_canceled', (canceled) => this.#onCanceled(canceled));
  }

  /**
   * Looks for an opponent in a game, with options that matter; those left out may have any value.
   * Throws an `ApiError` if the user may not.
   * @param {string} game
   * @param {QueueOptions} options
   */
  async start(game, options) {
    this.reset();
    await this.#enter(game, options);
    this.#wait(game, options);
  }

  /**
   * Goes on with the search in which the user is, such as after the page was reloaded.
   * @param {string} game
   */
  resume(game) {
    if (!this.search.value) this.#wait(game, this.#latestOptions(game));
  }

  /** Ends the search, and leaves the queue. */
  async cancel() {
    const game = this.search.value?.game;
    this.reset();
    if (game) await this.#api.remove(`/games/${game}/queue/`);
  }

  /** Ends the search at logout. */
  reset() {
    this.#clock.clearTimeout(this.#silence);
    this.#socket?.stop();
    this.#socket = null;
    this.search.set(null);
  }

  /**
   * Keeps the place in the queue, and shows how the search goes.
   * @param {string} game
   * @param {QueueOptions} options
   */
  #wait(game, options) {
    const query = new URLSearchParams({ game });
    for (const [name, value] of Object.entries(options)) query.set(name, String(value));
    const socket = this.#openSocket(`/ws/matchmaking/?${query}`);
    this.#socket = socket;
    this.#settings.write(SETTING, JSON.stringify({ game, options }));
    this.search.set({ game, options, since: this.#clock.monotonic(), ...NOTHING_KNOWN });
    socket.on('queued', (queued) => {
      this.#onQueued(queued);
      this.#expectMore(socket);
    });
    socket.status.subscribe((status) => {
      if (status === 'stopped' && this.#socket === socket)
        this.#update({ error: socket.closeReason || 'The search has ended. Try again.' });
    });
    socket.start();
  }

  /**
   * @param {string} game
   * @param {QueueOptions} options
   */
  async #enter(game, options) {
    try {
      await this.#api.post(`/games/${game}/queue/`, { options });
    } catch (error) {
      // The place from before the page was reloaded, which the socket takes over.
      if (!(error instanceof ApiError && error.code === 'games.queued')) throw error;
    }
  }

  /** @param {Queued} queued */
  #onQueued({ waited, ...queued }) {
    this.#update({ ...queued, since: this.#clock.monotonic() - waited * 1000 });
  }

  /**
   * The opponent did not come: the server has put the user back in the queue.
   * @param {SocketEvents['events']['match_canceled']} canceled
   */
  #onCanceled({ game, requeued }) {
    if (requeued) this.#wait(game, this.#latestOptions(game));
  }

  /** @param {QueueSocket} socket */
  #expectMore(socket) {
    this.#clock.clearTimeout(this.#silence);
    this.#silence = this.#clock.setTimeout(() => {
      if (this.#socket !== socket) return;
      if (socket.status.value === 'open') this.reset();
      else this.#expectMore(socket);
    }, MAX_SILENCE);
  }

  /**
   * The options of the latest search, if it was for this game.
   * @param {string} game
   */
  #latestOptions(game) {
    /** @type {Wanted | null} */
    const latest = JSON.parse(this.#settings.read(SETTING) ?? 'null');
    return latest?.game === game ? latest.options : {};
  }

  /** @param {Partial<Search>} changes */
  #update(changes) {
    if (this.search.value) this.search.set({ ...this.search.value, ...changes });
  }
}

const NOTHING_KNOWN = { position: null, band: null, others: 0, estimate: null, paused: false, error: null };

export const queueStore = new QueueStore(environment);
