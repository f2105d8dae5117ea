// A line to the server: a socket that comes back by itself and catches up with what was missed.
// What cannot be told any more is read again by those who keep it, who hear of that as `resync`.

import * as api from '../api.js';
import { state } from './state.js';

const ANSWERED_WITHIN = 15_000;
/** Neither browsers nor proxies give up soon on a socket that does not open. */
const GREETED_WITHIN = 8_000;
/** Browsers do not tell of a connection that fell silent, so it is asked after. */
const LOOK_EVERY = 25_000;
const SHORTEST_PAUSE = 1_000;
const LONGEST_PAUSE = 20_000;
const PAUSE_AFTER_FLOOD = 30_000;
/** The most streams that one question for what was missed may name. */
const MOST_STREAMS = 1_000;
/** Done, frames that are none or not understood, not ours, not there, over, taken over by another tab. */
const FINAL = [1000, 1002, 1007, 1009, 4400, 4403, 4404, 4409, 4410];

export class Line {
  /** `off`, `connecting`, `open`, `waiting` for the next try, or `stopped` for good. */
  connection = state('off');
  /** Whether what is heard now was missed before; `caught_up` is told when it is over. */
  catchingUp = false;
  #path;
  #listeners = new Map();
  #asked = new Map();
  #streams = {};
  /** Whether the server was told that what was missed will be asked for. */
  #resumes = false;
  #socket = null;
  #timer = null;
  #tries = 0;
  #attempts = 0;
  #marks = 0;
  /** Whether the last token was refused. */
  #refused = false;
  #hurry = () => this.#lookOut();
  #leave = () => this.#hide();

  constructor(path) {
    this.#path = path;
  }

  /** Calls back with the data of each event of this name, until the signal ends it. */
  on(name, listener, signal) {
    if (!this.#listeners.has(name)) this.#listeners.set(name, new Set());
    this.#listeners.get(name).add(listener);
    signal?.addEventListener('abort', () => this.#listeners.get(name).delete(listener));
  }

  /** Tells of an event to all who listen: from the socket, or as an answer over HTTP says it. */
  tell(name, data) {
    for (const listener of [...this.#listeners.get(name) ?? []]) listener(data);
  }

  /** Opens the socket and keeps it open. */
  start() {
    if (this.connection.value !== 'off') return;
    for (const change of ['online', 'pageshow']) addEventListener(change, this.#hurry);
    addEventListener('pagehide', this.#leave);
    document.addEventListener('visibilitychange', this.#hurry);
    this.#connect();
  }

  /** Closes it and forgets what was heard. */
  stop() {
    for (const change of ['online', 'pageshow']) removeEventListener(change, this.#hurry);
    removeEventListener('pagehide', this.#leave);
    document.removeEventListener('visibilitychange', this.#hurry);
    this.#attempts += 1;
    this.#drop();
    [this.#streams, this.#tries, this.#refused] = [{}, 0, false];
    this.connection.set('off');
  }

  /** Sends an action and waits until it is done; throws a `Refusal` as calls over HTTP do. */
  ask(action, data = {}) {
    const cid = String((this.#marks += 1));
    if (!this.send(action, data, cid)) return Promise.reject(lost());
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => this.#settle(cid).reject(lost()), ANSWERED_WITHIN);
      this.#asked.set(cid, { resolve, reject, late });
    });
  }

  /** Sends an action whose answer does not matter; says whether it could be sent. */
  send(action, data = {}, cid = undefined) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify({ action, data, cid }));
    return true;
  }

  async #connect() {
    this.connection.set('connecting');
    const attempt = (this.#attempts += 1);
    let token;
    try {
      token = await api.token({ anew: this.#refused });
    } catch (error) {
      // Without a session there is nothing to come back for; `stop` follows.
      if (attempt === this.#attempts && error.status !== 401 && error.status !== 403) this.#pause();
      return;
    }
    if (attempt === this.#attempts && token) this.#open(token);
  }

  #open(token) {
    const url = new URL(this.#path, location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    this.#resumes = Object.keys(this.#streams).length > 0;
    if (this.#resumes) url.searchParams.set('resume', 'true');
    const opened = new WebSocket(url, ['courtside.v1', `bearer.${token}`]);
    const current = (listener) => (event) => this.#socket === opened && listener(event);
    opened.addEventListener('message', current(({ data }) => this.#hear(JSON.parse(data))));
    opened.addEventListener('close', current(({ code }) => this.#closed(code)));
    this.#socket = opened;
    this.#timer = setTimeout(current(() => this.#closed(1006)), GREETED_WITHIN);
  }

  /** Forgets the socket, and tells those who wait for an answer. */
  #drop() {
    clearTimeout(this.#timer);
    const old = this.#socket;
    this.#socket = null;
    old?.close(1000);
    for (const cid of [...this.#asked.keys()]) this.#settle(cid).reject(lost());
  }

  #closed(code) {
    this.#drop();
    if (FINAL.includes(code)) return this.connection.set('stopped');
    // A fresh token may help, once; a second refusal means that nothing does.
    if (code === 4401 && this.#refused) return this.connection.set('stopped');
    if (code === 4401) {
      this.#refused = true;
      return void this.#connect();
    }
    return this.#pause(code === 4429 ? PAUSE_AFTER_FLOOD : 0);
  }

  /** Waits for a random time that grows, so that not all come back in the same moment. */
  #pause(least = 0) {
    const longest = Math.min(SHORTEST_PAUSE * 2 ** this.#tries, LONGEST_PAUSE);
    this.#tries += 1;
    this.connection.set('waiting');
    this.#timer = setTimeout(() => this.#connect(), least + longest * (0.25 + 0.75 * Math.random()));
  }

  /** A page that is left may be kept, asleep, for the back button; its socket must not be. */
  #hide() {
    this.#attempts += 1;
    this.#drop();
    if (this.connection.value !== 'stopped') this.connection.set('waiting');
  }

  /** Tries at once where there is reason to hope, and sees whether an old socket still lives. */
  #lookOut() {
    if (document.visibilityState === 'hidden') return;
    if (this.connection.value === 'waiting') {
      clearTimeout(this.#timer);
      this.#connect();
    } else if (this.connection.value === 'open') {
      this.#look();
    }
  }

  #look() {
    clearTimeout(this.#timer);
    const looked = this.#socket;
    const lives = () => {
      if (this.#socket === looked) this.#timer = setTimeout(() => this.#look(), LOOK_EVERY);
    };
    this.ask('ping').then(lives, () => looked && this.#socket === looked && this.#closed(1006));
  }

  #hear({ action, type, data, stream, seq, epoch }) {
    const name = action ?? type;
    if (name === 'ack' || name === 'error') return this.#answered(name, data);
    if (name === 'hello') return void this.#greeted(data);
    if (name === 'resync') return this.#again(data.streams);
    if (stream) {
      const known = this.#streams[stream];
      if (known?.epoch === epoch && seq <= known.seq) return undefined;
      this.#streams[stream] = { seq, epoch };
    }
    if (name === 'chat_joined') this.#streams[`chat:${data.chat_id}`] ??= { seq: data.seq, epoch: data.epoch };
    return this.tell(name, data);
  }

  /** Asks for what was missed since the last time, before anything new is told. */
  async #greeted(hello) {
    clearTimeout(this.#timer);
    const before = this.#streams;
    const common = Object.keys(hello.streams).filter((name) => before[name]).slice(0, MOST_STREAMS);
    const fresh = Object.keys(hello.streams).filter((name) => !common.includes(name));
    const known = Object.fromEntries(common.map((name) => [name, before[name]]));
    this.#streams = { ...hello.streams, ...known };
    [this.#tries, this.#refused] = [0, false];
    this.catchingUp = common.length > 0;
    this.tell('hello', hello);
    const resumed = this.#resumes ? this.ask('resume', { streams: known }) : Promise.resolve();
    this.connection.set('open');
    try {
      await resumed;
      const missed = this.catchingUp;
      this.catchingUp = false;
      if (missed) this.tell('caught_up', hello);
      // These came to be while nobody listened, so nothing was heard of them.
      if (common.length && fresh.length) this.tell('resync', fresh);
      this.#look();
    } catch {
      // The connection is lost again; the next one asks again.
    }
  }

  #again(names) {
    // What follows is newer than what is read now, so it may be heard whatever its number.
    for (const name of names) delete this.#streams[name];
    this.tell('resync', names);
  }

  #answered(name, data) {
    const waiting = data.cid && this.#settle(data.cid);
    if (!waiting) return;
    if (name === 'ack') waiting.resolve(data);
    else waiting.reject(new api.Refusal(400, data.message, data, data.retry_after));
  }

  #settle(cid) {
    const waiting = this.#asked.get(cid);
    this.#asked.delete(cid);
    clearTimeout(waiting?.late);
    return waiting;
  }
}

const lost = () => new api.Refusal(0, 'The server cannot be reached.', { code: 'offline' });
