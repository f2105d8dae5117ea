// @ts-check
// A socket that reconnects by itself and resumes its streams. Streams that the server cannot
// resume are reported as `resync`; whoever keeps their data reloads it.

import { onAbort } from './abort.js';
import { api, ApiError, offlineError } from '../api/client.js';
import { systemClock } from '../api/clock.js';
import { connection } from './connection.js';
import { eventReplay } from './event-replay.js';
import { createSignal } from './signal.js';

/**
 * @import { ApiClient } from '../api/client.js'
 * @import { Clock } from '../api/clock.js'
 * @import { Ack, Hello, Problem, StreamPosition } from '../api/types.js'
 * @import { Connection } from './connection.js'
 * @import { EventReplay } from './event-replay.js'
 * @import { Signal } from './signal.js'
 * @import { ActionName, Actions, Channel, EventName, Events } from './socket-types.js'
 */

/** @typedef {'off' | 'connecting' | 'open' | 'waiting' | 'stopped'} SocketStatus */
/** @typedef {{ resolve: (ack: Ack) => void, reject: (error: ApiError) => void, timeout: number }} PendingReply */
/** @typedef {Pick<StreamPosition, 'seq' | 'epoch'>} Position */
/**
 * @typedef {object} Frame
 * @property {string} [action]
 * @property {string} [type]
 * @property {any} data As the name of the frame says.
 * @property {string} [stream]
 * @property {number} [seq]
 * @property {number} [epoch]
 */
/** @typedef {EventTarget & { document: { visibilityState: string }, location: { href: string } }} Page */
/**
 * What the socket uses; tests give their own.
 * @typedef {object} SocketEnvironment
 * @property {Pick<ApiClient, 'accessToken'>} [api]
 * @property {Clock} [clock]
 * @property {Pick<Connection, 'onRestored'>} [connection]
 * @property {Page} [page]
 * @property {EventReplay} [replay]
 * @property {() => number} [random] From 0 to 1.
 * @property {typeof WebSocket} [WebSocket]
 */

const REPLY_TIMEOUT = 15_000;
/** Browsers and proxies wait much longer for a socket that does not open. */
const HELLO_TIMEOUT = 8_000;
/** Browsers do not report a connection that went silent, so it is pinged. */
const PING_INTERVAL = 25_000;
const MIN_BACKOFF = 1_000;
const MAX_BACKOFF = 20_000;
const RATE_LIMIT_BACKOFF = 30_000;
/** The most streams that one `resume` may name. */
const MAX_RESUME_STREAMS = 1_000;
/** The state of a socket that can send. */
const OPEN = 1;
const CLOSE_LOST = 1006;
const CLOSE_UNAUTHENTICATED = 4401;
const CLOSE_RATE_LIMITED = 4429;
/** Normal, protocol and data errors, malformed, forbidden, not found, replaced by another tab, gone. */
const FINAL_CLOSE_CODES = [1000, 1002, 1007, 1009, 4400, 4403, 4404, 4409, 4410];
const WAKE_EVENTS = ['online', 'pageshow', 'visibilitychange'];

/** @template {Channel} C */
export class ReconnectingSocket {
  /** `off`, `connecting`, `open`, `waiting` for the next attempt, or `stopped` for good.
   * @type {Signal<SocketStatus>} */
  status = createSignal('off');
  /** Whether current events are missed ones; `caught_up` is dispatched after the last of them. */
  catchingUp = false;
  /** The code and text of the last close, which say why the socket is `stopped`.
   * @type {number | null} */
  closeCode = null;
  closeReason = '';
  #path;
  #maxBackoff;
  #api;
  #clock;
  #connection;
  #page;
  #replay;
  #random;
  /** @type {typeof WebSocket | undefined} */
  #WebSocket;
  /** @type {Map<string, Set<(data: any) => void>>} */
  #listeners = new Map();
  /** @type {Map<string, PendingReply>} */
  #pendingReplies = new Map();
  /** The last position in each stream.
   * @type {Record<string, Position>} */
  #positions = {};
  /** Whether the address of the current socket announced a `resume`. */
  #announcedResume = false;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {number | undefined} */
  #timer = undefined;
  #failures = 0;
  #attempt = 0;
  #lastCid = 0;
  #tokenRejected = false;
  /** Ends the listening for the return of the server and of the page. */
  #stopped = new AbortController();

  /**
   * @param {string} path
   * @param {{ maxBackoff?: number } & SocketEnvironment} [options]
   */
  constructor(path, { maxBackoff = MAX_BACKOFF, ...environment } = {}) {
    this.#path = path;
    this.#maxBackoff = maxBackoff;
    this.#api = environment.api ?? api;
    this.#clock = environment.clock ?? systemClock;
    this.#connection = environment.connection ?? connection;
    this.#page = environment.page ?? globalThis.window;
    this.#replay = environment.replay ?? eventReplay;
    this.#random = environment.random ?? Math.random;
    this.#WebSocket = environment.WebSocket;
  }

  /**
   * Calls back with the data of each event of this name, until the abort signal fires.
   * @template {EventName<C>} N
   * @param {N} name
   * @param {(data: Events<C>[N]) => void} listener
   * @param {AbortSignal | null} [signal]
   */
  on(name, listener, signal) {
    if (signal?.aborted) return;
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    onAbort(signal, () => listeners.delete(listener));
  }

  /**
   * The same, and again after the loads that were in progress, whose responses may be older. Listeners must
   * be idempotent.
   * @template {EventName<C>} N
   * @param {N} name
   * @param {(data: Events<C>[N]) => void} listener
   * @param {AbortSignal | null} [signal]
   */
  onReplayed(name, listener, signal) {
    this.on(name, this.#replay.replayed(listener), signal);
  }

  /**
   * Passes an event to its listeners, from the socket or from an HTTP response.
   * @template {EventName<C>} N
   * @param {N} name
   * @param {Events<C>[N]} data
   */
  dispatch(name, data) {
    this.#notify(name, data);
  }

  /**
   * Opens the socket and keeps it open, until the abort signal fires or `stop` is called.
   * @param {AbortSignal | null} [signal]
   */
  start(signal) {
    if (this.status.value !== 'off' || signal?.aborted) return;
    onAbort(signal, () => this.stop());
    this.#stopped = new AbortController();
    const options = { signal: this.#stopped.signal };
    this.#connection.onRestored(() => this.status.value === 'waiting' && this.#wake(), options.signal);
    for (const name of WAKE_EVENTS) this.#page.addEventListener(name, () => this.#wake(), options);
    this.#page.addEventListener('pagehide', () => this.#suspend(), options);
    this.#connect();
  }

  /** Closes the socket and forgets its stream positions. */
  stop() {
    this.#stopped.abort();
    this.#attempt += 1;
    this.#closeSocket();
    [this.#positions, this.#failures, this.#tokenRejected] = [{}, 0, false];
    this.status.set('off');
  }

  /** Replaces a connection that went silent. */
  reconnect() {
    if (this.status.value === 'open') this.#onClose(CLOSE_LOST);
  }

  /**
   * Sends an action and waits for its ack; throws an `ApiError` as HTTP calls do.
   * @template {ActionName<C>} N
   * @param {N} action
   * @param {Actions<C>[N]} [data]
   * @returns {Promise<Ack>}
   */
  request(action, data) {
    return this.#request(action, data ?? {});
  }

  /**
   * Sends an action without waiting for a reply; returns whether the socket was open.
   * @template {ActionName<C>} N
   * @param {N} action
   * @param {Actions<C>[N]} [data]
   */
  send(action, data) {
    return this.#send(action, data ?? {});
  }

  /**
   * @param {string} action
   * @param {unknown} data
   * @returns {Promise<Ack>}
   */
  #request(action, data) {
    const cid = String((this.#lastCid += 1));
    if (!this.#send(action, data, cid)) return Promise.reject(offlineError());
    return new Promise((resolve, reject) => {
      const timeout = this.#clock.setTimeout(() => this.#takeReply(cid)?.reject(offlineError()), REPLY_TIMEOUT);
      this.#pendingReplies.set(cid, { resolve, reject, timeout });
    });
  }

  /**
   * @param {string} action
   * @param {unknown} data
   * @param {string} [cid]
   */
  #send(action, data, cid) {
    if (this.#socket?.readyState !== OPEN) return false;
    this.#socket.send(JSON.stringify({ action, data, cid }));
    return true;
  }

  async #connect() {
    this.status.set('connecting');
    const attempt = (this.#attempt += 1);
    try {
      const token = await this.#api.accessToken({ renewed: this.#tokenRejected });
      if (attempt === this.#attempt && token) this.#open(token);
    } catch (error) {
      // Without a session there is nothing to reconnect for; `stop` follows.
      const isRefused = error instanceof ApiError && error.isRefusal;
      if (attempt === this.#attempt && !isRefused) this.#scheduleReconnect();
    }
  }

  /** @param {string} token */
  #open(token) {
    const url = new URL(this.#path, this.#page.location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    this.#announcedResume = Object.keys(this.#positions).length > 0;
    if (this.#announcedResume) url.searchParams.set('resume', 'true');
    const socket = new (this.#WebSocket ?? WebSocket)(url, ['courtside.v1', `bearer.${token}`]);
    const isCurrent = () => this.#socket === socket;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }) => isCurrent() && this.#onData(data));
    socket.addEventListener('close', ({ code, reason }) => isCurrent() && this.#onClose(code, reason));
    this.#socket = socket;
    this.#setTimer(() => isCurrent() && this.#onClose(CLOSE_LOST), HELLO_TIMEOUT);
  }

  /** Drops the socket and rejects the requests that wait for a reply. */
  #closeSocket() {
    this.#clock.clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
    for (const cid of [...this.#pendingReplies.keys()]) this.#takeReply(cid)?.reject(offlineError());
  }

  /** @param {number} code */
  #onClose(code, reason = '') {
    this.#closeSocket();
    [this.closeCode, this.closeReason] = [code, reason];
    const isRejected = code === CLOSE_UNAUTHENTICATED;
    // One fresh token may help; a second rejection means that none does.
    if (FINAL_CLOSE_CODES.includes(code) || (isRejected && this.#tokenRejected)) this.status.set('stopped');
    else if (isRejected) {
      this.#tokenRejected = true;
      this.#connect();
    } else this.#scheduleReconnect(code === CLOSE_RATE_LIMITED ? RATE_LIMIT_BACKOFF : 0);
  }

  /** Reconnects after an exponential backoff with jitter, so that clients do not return all at once. */
  #scheduleReconnect(minimum = 0) {
    const longest = Math.min(MIN_BACKOFF * 2 ** this.#failures, this.#maxBackoff);
    this.#failures += 1;
    this.status.set('waiting');
    this.#setTimer(() => this.#connect(), minimum + longest * (0.25 + 0.75 * this.#random()));
  }

  /** A hidden page may be frozen in the back/forward cache; an open socket would prevent that. */
  #suspend() {
    this.#attempt += 1;
    this.#closeSocket();
    if (this.status.value !== 'stopped') this.status.set('waiting');
  }

  /** Reconnects at once when that is likely to succeed, and checks a socket that seems open. */
  #wake() {
    if (this.#page.document.visibilityState === 'hidden') return;
    if (this.status.value === 'waiting') {
      this.#clock.clearTimeout(this.#timer);
      this.#connect();
    } else if (this.status.value === 'open') this.#ping();
  }

  async #ping() {
    this.#clock.clearTimeout(this.#timer);
    const socket = this.#socket;
    try {
      await this.#request('ping', {});
      if (this.#socket === socket) this.#setTimer(() => this.#ping(), PING_INTERVAL);
    } catch {
      if (socket && this.#socket === socket) this.#onClose(CLOSE_LOST);
    }
  }

  /**
   * @param {() => void} callback
   * @param {number} delay
   */
  #setTimer(callback, delay) {
    this.#timer = this.#clock.setTimeout(callback, delay);
  }

  /**
   * Binary frames are dispatched whole, as `binary`.
   * @param {string | ArrayBuffer} data
   */
  #onData(data) {
    if (typeof data === 'string') this.#onFrame(JSON.parse(data));
    else this.#notify('binary', data);
  }

  /** @param {Frame} frame */
  #onFrame({ action, type, data, stream, seq, epoch }) {
    const name = action ?? type ?? '';
    if (name === 'ack' || name === 'error') return this.#onReply(name, data);
    if (name === 'hello') return void this.#onHello(data);
    if (name === 'resync') return this.#onResync(data.streams);
    if (stream && seq !== undefined && epoch !== undefined && !this.#isNew(stream, { seq, epoch })) return undefined;
    if (name === 'chat_joined') this.#positions[`chat:${data.chat_id}`] ??= { seq: data.seq, epoch: data.epoch };
    return this.#notify(name, data);
  }

  /**
   * Whether a position is after the last one of its stream, which it then becomes.
   * @param {string} stream
   * @param {Position} position
   */
  #isNew(stream, position) {
    const known = this.#positions[stream];
    if (known?.epoch === position.epoch && position.seq <= known.seq) return false;
    this.#positions[stream] = position;
    return true;
  }

  /**
   * Resumes the known streams; missed events arrive before new ones.
   * @param {Hello} hello
   */
  async #onHello(hello) {
    this.#clock.clearTimeout(this.#timer);
    const { known, added } = this.#takePositions(hello.streams ?? {});
    [this.#failures, this.#tokenRejected] = [0, false];
    this.catchingUp = Object.keys(known).length > 0;
    this.#notify('hello', hello);
    const resumed = this.#announcedResume ? this.#request('resume', { streams: known }) : null;
    this.status.set('open');
    try {
      await resumed;
      const wasCatchingUp = this.catchingUp;
      this.catchingUp = false;
      if (wasCatchingUp) this.#notify('caught_up', hello);
      // Streams that were added while disconnected: their first events were not received.
      if (wasCatchingUp && added.length) this.#notify('resync', added);
      this.#ping();
    } catch {
      // The connection was lost again; the next one resumes.
    }
  }

  /**
   * Takes over the streams of a greeting. Returns the positions of those known before, and the names of the others.
   * @param {Record<string, Position>} streams
   */
  #takePositions(streams) {
    const known = Object.fromEntries(
      Object.entries(this.#positions)
        .filter(([name]) => name in streams)
        .slice(0, MAX_RESUME_STREAMS),
    );
    this.#positions = { ...streams, ...known };
    return { known, added: Object.keys(streams).filter((name) => !(name in known)) };
  }

  /** @param {string[]} names */
  #onResync(names) {
    // Later events are newer than the reload, so they are accepted whatever their number.
    for (const name of names) delete this.#positions[name];
    this.#notify('resync', names);
  }

  /**
   * @param {string} name
   * @param {unknown} data
   */
  #notify(name, data) {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(data);
  }

  /**
   * @param {'ack' | 'error'} name
   * @param {any} data
   */
  #onReply(name, data) {
    const pending = data.cid && this.#takeReply(data.cid);
    if (!pending) return;
    if (name === 'ack') pending.resolve(data);
    else pending.reject(replyError(data));
  }

  /** @param {string} cid */
  #takeReply(cid) {
    const pending = this.#pendingReplies.get(cid);
    this.#pendingReplies.delete(cid);
    this.#clock.clearTimeout(pending?.timeout);
    return pending;
  }
}

/** @param {Problem} problem */
const replyError = (problem) => new ApiError(400, problem.message, problem, problem.retry_after ?? 0);
