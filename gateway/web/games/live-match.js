// @ts-check
// A live match: its socket, what is known about it, and what its player does.

import { onAbort } from '../live/abort.js';
import { ReconnectingSocket } from '../live/reconnecting-socket.js';
import { createSignal } from '../live/signal.js';
import { hasEnded, INITIAL_MATCH, MATCH_EVENTS, reduceMatch } from './match-state.js';

/**
 * @import { MatchJoined } from '../api/types.js'
 * @import { SocketStatus } from '../live/reconnecting-socket.js'
 * @import { ActionName, Actions } from '../live/socket-types.js'
 * @import { MatchConnection } from './match-state.js'
 * @import { LiveMatch, LiveMatchOptions } from './types.js'
 */

/** @type {Record<SocketStatus, MatchConnection>} */
const CONNECTIONS = { off: 'connecting', connecting: 'connecting', open: 'open', waiting: 'lost', stopped: 'closed' };
/** The server takes a player who is silent for two seconds as absent. */
const SIGN_OF_LIFE_INTERVAL = 1_000;
/** A connection without a frame for so long during play is replaced. */
const MAX_SILENCE = 2_000;
/** A player who is away too long loses. */
const MAX_BACKOFF = 2_000;

/**
 * Opens the socket of a match, until the abort signal fires.
 * @param {string} id
 * @param {LiveMatchOptions} options
 * @returns {LiveMatch}
 */
export function openLiveMatch(id, { signal, ...options }) {
  const connection = new MatchSocket(id, options);
  connection.start(signal);
  return connection;
}

/** @implements {LiveMatch} */
class MatchSocket {
  match = createSignal(INITIAL_MATCH);
  /** @type {ReconnectingSocket<'match'>} */
  #socket;
  #onFrame;
  #heardAt = 0;

  /**
   * @param {string} id
   * @param {Omit<LiveMatchOptions, 'signal'>} options
   */
  constructor(id, { form = 'json', rate = '60', onFrame = () => {} }) {
    this.#socket = new ReconnectingSocket(`/ws/game/${id}/?frames=${form}&rate=${rate}`, { maxBackoff: MAX_BACKOFF });
    this.#onFrame = onFrame;
  }

  /** @param {AbortSignal} signal */
  start(signal) {
    for (const name of MATCH_EVENTS) {
      this.#socket.on(name, (data) => {
        this.#heardAt = performance.now();
        this.match.set(reduceMatch(this.match.value, name, data, this.#heardAt));
      });
    }
    this.#socket.on('joined', (joined) => this.#onJoined(joined));
    this.#socket.on('countdown', ({ remaining_ms: remaining }) => setTimeout(() => this.notePlaying(), remaining + 1));
    for (const name of /** @type {const} */ (['state', 'binary']))
      this.#socket.on(name, (frame) => this.#takeFrame(frame));
    this.#socket.status.subscribe((status) => this.#onStatus(status));
    const timer = setInterval(() => this.#checkConnection(), SIGN_OF_LIFE_INTERVAL);
    onAbort(signal, () => clearInterval(timer));
    this.#socket.start(signal);
  }

  /** Notes a frame in which the match does not stand still. */
  notePlaying() {
    this.match.set(reduceMatch(this.match.value, 'playing', undefined, performance.now()));
  }

  /**
   * Sends an action without waiting for its effect.
   * @template {ActionName<'match'>} N
   * @param {N} action
   * @param {Actions<'match'>[N]} [data]
   */
  send(action, data) {
    return this.#socket.send(action, data);
  }

  /**
   * Sends an action and waits until it is accepted.
   * @template {ActionName<'match'>} N
   * @param {N} action
   * @param {Actions<'match'>[N]} [data]
   */
  request(action, data) {
    return this.#socket.request(action, data);
  }

  /** @param {Parameters<NonNullable<LiveMatchOptions['onFrame']>>[0]} frame */
  #takeFrame(frame) {
    this.#heardAt = performance.now();
    this.#onFrame(frame);
  }

  /** @param {MatchJoined} joined */
  #onJoined({ seat, state, phase, server_time }) {
    if (!state || hasEnded(this.match.value)) return;
    this.#takeFrame({ ...state, server_time: state.server_time ?? server_time, isFirst: true });
    if (seat && phase === 'open') this.#socket.send('ready');
  }

  /** @param {SocketStatus} status */
  #onStatus(status) {
    const isAgain = status === 'connecting' && this.match.value.joined;
    const connection = isAgain ? 'lost' : CONNECTIONS[status];
    const closeCode = status === 'stopped' ? this.#socket.closeCode : null;
    this.match.set(reduceMatch(this.match.value, 'connection', { connection, closeCode }, performance.now()));
  }

  #checkConnection() {
    const { joined, phase } = this.match.value;
    if (!joined || hasEnded(this.match.value)) return;
    if (joined.seat && !joined.tick_rate) this.#socket.send('ping');
    const expectsFrames = joined.tick_rate > 0 && phase === 'playing';
    if (expectsFrames && performance.now() - this.#heardAt > MAX_SILENCE) this.#socket.reconnect();
  }
}
