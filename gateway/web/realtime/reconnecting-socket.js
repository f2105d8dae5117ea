// A WebSocket that reconnects by itself and resumes its streams. Streams that the server cannot
// resume are reported as `resync`; whoever keeps their data reloads it.

import { onAbort } from '../abort.js';
import * as api from '../api.js';
import { onRestored } from '../connection.js';
import { createSignal } from './signal.js';

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
const CLOSE_UNAUTHENTICATED = 4401;
const CLOSE_RATE_LIMITED = 4429;
/** Normal, protocol and data errors, malformed, forbidden, not found, replaced by another tab, gone. */
const FINAL_CLOSE_CODES = [1000, 1002, 1007, 1009, 4400, 4403, 4404, 4409, 4410];

export class ReconnectingSocket {
  /** `off`, `connecting`, `open`, `waiting` for the next attempt, or `stopped` for good. */
  status = createSignal('off');
  /** Whether current events are missed ones; `caught_up` is dispatched after the last of them. */
  catchingUp = false;
  /** The code and text of the last close, which say why the socket is `stopped`. */
  closeCode = null;
  closeReason = '';
  #path;
  #maxBackoff;
  #listeners = new Map();
  #pendingReplies = new Map();
  /** The last position in each stream: `{ seq, epoch }`. */
  #positions = {};
  /** Whether the address of the current socket announced a `resume`. */
  #announcedResume = false;
  #socket = null;
  #timer = null;
  #failures = 0;
  #attempt = 0;
  #lastCid = 0;
  #tokenRejected = false;
  #onWake = () => this.#wake();
  #onRestored = () => this.status.value === 'waiting' && this.#wake();
  #onPageHide = () => this.#suspend();
  /** Ends the listening for the return of the server. */
  #stopped = new AbortController();

  constructor(path, { maxBackoff = MAX_BACKOFF } = {}) {
    this.#path = path;
    this.#maxBackoff = maxBackoff;
  }

  /** Calls back with the data of each event of this name, until the abort signal fires. */
  on(name, listener, signal) {
    if (signal?.aborted) return;
    if (!this.#listeners.has(name)) this.#listeners.set(name, new Set());
    this.#listeners.get(name).add(listener);
    onAbort(signal, () => this.#listeners.get(name).delete(listener));
  }

  /** Passes an event to its listeners, from the socket or from an HTTP response. */
  dispatch(name, data) {
    for (const listener of [...this.#listeners.get(name) ?? []]) listener(data);
  }

  /** Opens the socket and keeps it open, until the abort signal fires or `stop` is called. */
  start(signal) {
    if (this.status.value !== 'off' || signal?.aborted) return;
    onAbort(signal, () => this.stop());
    this.#stopped = new AbortController();
    onRestored(this.#onRestored, this.#stopped.signal);
    for (const name of ['online', 'pageshow']) addEventListener(name, this.#onWake);
    addEventListener('pagehide', this.#onPageHide);
    document.addEventListener('visibilitychange', this.#onWake);
    this.#connect();
  }

  /** Closes the socket and forgets its stream positions. */
  stop() {
    this.#stopped.abort();
    for (const name of ['online', 'pageshow']) removeEventListener(name, this.#onWake);
    removeEventListener('pagehide', this.#onPageHide);
    document.removeEventListener('visibilitychange', this.#onWake);
    this.#attempt += 1;
    this.#closeSocket();
    [this.#positions, this.#failures, this.#tokenRejected] = [{}, 0, false];
    this.status.set('off');
  }

  /** Replaces a connection that went silent. */
  reconnect() {
    if (this.status.value === 'open') this.#onClose(1006);
  }

  /** Sends an action and waits for its ack; throws an `ApiError` as HTTP calls do. */
  request(action, data = {}) {
    const cid = String((this.#lastCid += 1));
    if (!this.send(action, data, cid)) return Promise.reject(offlineError());
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(() => this.#takeReply(cid).reject(offlineError()), REPLY_TIMEOUT);
      this.#pendingReplies.set(cid, { resolve, reject, timeout });
    });
  }

  /** Sends an action without waiting for a reply; returns whether the socket was open. */
  send(action, data = {}, cid = undefined) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify({ action, data, cid }));
    return true;
  }

  async #connect() {
    this.status.set('connecting');
    const attempt = (this.#attempt += 1);
    let token;
    try {
      token = await api.accessToken({ renewed: this.#tokenRejected });
    } catch (error) {
      // Without a session there is nothing to reconnect for; `stop` follows.
      if (attempt === this.#attempt && error.status !== 401 && error.status !== 403) this.#scheduleReconnect();
      return;
    }
    if (attempt === this.#attempt && token) this.#open(token);
  }

  #open(token) {
    const url = new URL(this.#path, location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    this.#announcedResume = Object.keys(this.#positions).length > 0;
    if (this.#announcedResume) url.searchParams.set('resume', 'true');
    const socket = new WebSocket(url, ['courtside.v1', `bearer.${token}`]);
    const ifCurrent = (listener) => (event) => this.#socket === socket && listener(event);
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ifCurrent(({ data }) => this.#onData(data)));
    socket.addEventListener('close', ifCurrent(({ code, reason }) => this.#onClose(code, reason)));
    this.#socket = socket;
    this.#timer = setTimeout(ifCurrent(() => this.#onClose(1006)), HELLO_TIMEOUT);
  }

  /** Drops the socket and rejects the requests that wait for a reply. */
  #closeSocket() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
    for (const cid of [...this.#pendingReplies.keys()]) this.#takeReply(cid).reject(offlineError());
  }

  #onClose(code, reason = '') {
    this.#closeSocket();
    [this.closeCode, this.closeReason] = [code, reason];
    if (FINAL_CLOSE_CODES.includes(code)) return this.status.set('stopped');
    // One fresh token may help; a second rejection means that none does.
    if (code === CLOSE_UNAUTHENTICATED && this.#tokenRejected) return this.status.set('stopped');
    if (code === CLOSE_UNAUTHENTICATED) {
      this.#tokenRejected = true;
      return void this.#connect();
    }
    return this.#scheduleReconnect(code === CLOSE_RATE_LIMITED ? RATE_LIMIT_BACKOFF : 0);
  }

  /** Reconnects after an exponential backoff with jitter, so that clients do not return all at once. */
  #scheduleReconnect(minimum = 0) {
    const longest = Math.min(MIN_BACKOFF * 2 ** this.#failures, this.#maxBackoff);
    this.#failures += 1;
    this.status.set('waiting');
    this.#timer = setTimeout(() => this.#connect(), minimum + longest * (0.25 + 0.75 * Math.random()));
  }

  /** A hidden page may be frozen in the back/forward cache; an open socket would prevent that. */
  #suspend() {
    this.#attempt += 1;
    this.#closeSocket();
    if (this.status.value !== 'stopped') this.status.set('waiting');
  }

  /** Reconnects at once when that is likely to succeed, and checks a socket that seems open. */
  #wake() {
    if (document.visibilityState === 'hidden') return;
    if (this.status.value === 'waiting') {
      clearTimeout(this.#timer);
      this.#connect();
    } else if (this.status.value === 'open') {
      this.#ping();
    }
  }

  #ping() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    const scheduleNext = () => {
      if (this.#socket === socket) this.#timer = setTimeout(() => this.#ping(), PING_INTERVAL);
    };
    this.request('ping').then(scheduleNext, () => socket && this.#socket === socket && this.#onClose(1006));
  }

  /** Binary frames are dispatched whole, as `binary`. */
  #onData(data) {
    if (typeof data === 'string') this.#onFrame(JSON.parse(data));
    else this.dispatch('binary', data);
  }

  #onFrame({ action, type, data, stream, seq, epoch }) {
    const name = action ?? type;
    if (name === 'ack' || name === 'error') return this.#onReply(name, data);
    if (name === 'hello') return void this.#onHello(data);
    if (name === 'resync') return this.#onResync(data.streams);
    if (stream) {
      const known = this.#positions[stream];
      if (known?.epoch === epoch && seq <= known.seq) return undefined;
      this.#positions[stream] = { seq, epoch };
    }
    if (name === 'chat_joined') this.#positions[`chat:${data.chat_id}`] ??= { seq: data.seq, epoch: data.epoch };
    return this.dispatch(name, data);
  }

  /** Resumes the known streams; missed events arrive before new ones. */
  async #onHello(hello) {
    clearTimeout(this.#timer);
    const previous = this.#positions;
    const streams = hello.streams ?? {};
    const known = Object.keys(streams).filter((name) => previous[name]).slice(0, MAX_RESUME_STREAMS);
    const added = Object.keys(streams).filter((name) => !known.includes(name));
    const positions = Object.fromEntries(known.map((name) => [name, previous[name]]));
    this.#positions = { ...streams, ...positions };
    [this.#failures, this.#tokenRejected] = [0, false];
    this.catchingUp = known.length > 0;
    this.dispatch('hello', hello);
    const resumed = this.#announcedResume ? this.request('resume', { streams: positions }) : Promise.resolve();
    this.status.set('open');
    try {
      await resumed;
      const wasCatchingUp = this.catchingUp;
      this.catchingUp = false;
      if (wasCatchingUp) this.dispatch('caught_up', hello);
      // Streams that were added while disconnected: their first events were not received.
      if (known.length && added.length) this.dispatch('resync', added);
      this.#ping();
    } catch {
      // The connection was lost again; the next one resumes.
    }
  }

  #onResync(names) {
    // Later events are newer than the reload, so they are accepted whatever their number.
    for (const name of names) delete this.#positions[name];
    this.dispatch('resync', names);
  }

  #onReply(name, data) {
    const pending = data.cid && this.#takeReply(data.cid);
    if (!pending) return;
    if (name === 'ack') pending.resolve(data);
    else pending.reject(new api.ApiError(400, data.message, data, data.retry_after));
  }

  #takeReply(cid) {
    const pending = this.#pendingReplies.get(cid);
    this.#pendingReplies.delete(cid);
    clearTimeout(pending?.timeout);
    return pending;
  }
}

const offlineError = () => new api.ApiError(0, 'The server is unreachable.', { code: 'offline' });
