// @ts-check
// An open tournament: its settings, entrants and bracket, kept current by its socket.

import { fetchAll } from './collections.js';
import { environment } from './environment.js';
import { ReconnectingSocket } from './reconnecting-socket.js';
import { createSignal } from './signal.js';
import { isBeforeStart, withEntrant, withRound, withSlots, withUpdate } from './tournament-changes.js';

/**
 * @import { EntrantUpdate, SlotsUpdate, TournamentEntrant, TournamentUpdate } from '../api/types.js'
 * @import { Environment } from './environment.js'
 * @import { Signal } from './signal.js'
 * @import { KnownTournament } from './tournament-changes.js'
 */
/** @typedef {Pick<Environment, 'api' | 'clock' | 'replay' | 'session'>} TournamentEnvironment */
/** @typedef {ReconnectingSocket<'tournament'>} TournamentSocket */

/** A tournament has so many entrants and others who wait at most: pages of a hundred. */
const MAX_ENTRANT_PAGES = 21;
/** Several events of one step, and those of other matches that end together, are followed by one load. */
const RELOAD_DELAY = 400;
/** Formats with a table, which only the server computes. */
const WITH_TABLE = ['round_robin', 'swiss'];
const ENTRANT_EVENTS = /** @type {const} */ (['registered', 'unregistered', 'checked_in']);
const SLOT_EVENTS = /** @type {const} */ (['match_called', 'match_started', 'match_finished']);
/** Events after which slots, entrants or settings may be others. */
const RELOADING_EVENTS = /** @type {const} */ (['changed', 'started', 'finished', 'canceled']);
/** After a decision of an organizer slots may be gone. */
const RULING_EVENTS = /** @type {const} */ (['disputed', 'corrected']);

export class OpenTournament {
  /** What is known; null until it has been loaded.
   * @type {Signal<KnownTournament | null>} */
  known = createSignal(null);
  id;
  #api;
  #clock;
  #replay;
  #session;
  #signal;
  /** @type {TournamentSocket} */
  #socket;
  /** @type {number | undefined} */
  #reload;

  /**
   * @param {string} id
   * @param {AbortSignal} signal Ends it.
   * @param {TournamentEnvironment} [environment]
   * @param {(path: string) => TournamentSocket} [openSocket]
   */
  constructor(id, signal, { api, clock, replay, session } = environment, openSocket = openTournamentSocket) {
    this.id = id;
    this.#signal = signal;
    this.#api = api;
    this.#clock = clock;
    this.#replay = replay;
    this.#session = session;
    this.#socket = openSocket(`/ws/tournament/${id}/`);
    this.#follow();
  }

  /** Loads the tournament, and follows it from then on. */
  async ready() {
    await this.load();
    this.#socket.start(this.#signal);
  }

  /** Loads everything again. */
  load() {
    return this.#replay.load(async () => {
      const path = /** @type {const} */ (`/tournaments/${this.id}/`);
      const [{ data: tournament }, entrants] = await Promise.all([
        this.#api.get(path, { signal: this.#signal }),
        /** @type {Promise<TournamentEntrant[]>} */ (fetchAll(this.#api, `${path}entrants/`, MAX_ENTRANT_PAGES)),
      ]);
      const bracket = isBeforeStart(tournament)
        ? null
        : (await this.#api.get(`${path}bracket/`, { signal: this.#signal })).data;
      this.known.set({ tournament, entrants, bracket });
    });
  }

  /**
   * Takes an entrant over from a response.
   * @param {TournamentEntrant} entrant
   */
  noteEntrant(entrant) {
    this.#change((known) => withEntrant(known, { ...this.#header(known), entrant }, this.#userId()));
  }

  /** Reloads soon: a response says less than what has changed. */
  refresh() {
    this.#clock.clearTimeout(this.#reload);
    this.#reload = this.#clock.setTimeout(() => this.#reloadNow(), RELOAD_DELAY);
  }

  async #reloadNow() {
    if (this.#signal.aborted) return;
    try {
      await this.load();
    } catch {
      // The socket reconnects when the server is back, and says then how far the tournament is.
    }
  }

  #follow() {
    const socket = this.#socket;
    const signal = this.#signal;
    socket.on('tournament', (update) => this.#onState(update), signal);
    socket.on('resync', () => this.refresh(), signal);
    for (const name of [...RELOADING_EVENTS, .../** @type {const} */ (['paused', 'resumed'])])
      socket.onReplayed(name, (update) => this.#onUpdate(update), signal);
    for (const name of RELOADING_EVENTS) socket.on(name, () => this.refresh(), signal);
    for (const name of ENTRANT_EVENTS) socket.onReplayed(name, (update) => this.#onEntrant(update), signal);
    for (const name of [...SLOT_EVENTS, ...RULING_EVENTS])
      socket.onReplayed(name, (update) => this.#onSlots(update), signal);
    for (const name of RULING_EVENTS) socket.on(name, () => this.refresh(), signal);
    socket.onReplayed('round_started', (update) => this.#change((known) => withRound(known, update)), signal);
    for (const name of /** @type {const} */ (['match_finished', 'round_started']))
      socket.on(name, () => this.#refreshTable(), signal);
  }

  /**
   * The state of the tournament when the socket opens. If missed events follow, they say what has changed.
   * @param {TournamentUpdate} update
   */
  #onState(update) {
    const known = this.known.value;
    if (!this.#socket.catchingUp && known && update.revision > known.tournament.revision) this.refresh();
  }

  /** @param {TournamentUpdate} update */
  #onUpdate(update) {
    this.#change((known) => withUpdate(known, update));
  }

  /** @param {EntrantUpdate} update */
  #onEntrant(update) {
    this.#change((known) => withEntrant(known, update, this.#userId()));
  }

  /** @param {SlotsUpdate} update */
  #onSlots(update) {
    this.#change((known) => withSlots(known, update));
  }

  #refreshTable() {
    if (WITH_TABLE.includes(this.known.value?.tournament.format ?? '')) this.refresh();
  }

  /** @param {(known: KnownTournament) => KnownTournament} change */
  #change(change) {
    if (this.known.value) this.known.set(change(this.known.value));
  }

  /** @param {KnownTournament} known */
  #header({ tournament: { id, revision } }) {
    return { tournament_id: id, revision };
  }

  #userId() {
    return this.#session.profile?.id ?? '';
  }
}

/**
 * @param {string} path
 * @returns {TournamentSocket}
 */
const openTournamentSocket = (path) => new ReconnectingSocket(path);
