// The one socket for everything personal. It comes back by itself and catches up with what was
// missed; what cannot be told any more is read again by those who keep it.

import * as api from '../api.js';
import { state } from './state.js';

const PATH = '/ws/events/';
const ANSWERED_WITHIN = 15_000;
/** Browsers do not tell of a connection that fell silent, so it is asked after. */
const LOOK_EVERY = 25_000;
const SHORTEST_PAUSE = 1_000;
const LONGEST_PAUSE = 20_000;
const PAUSE_AFTER_FLOOD = 30_000;
/** The most streams that one question for what was missed may name. */
const MOST_STREAMS = 1_000;
/** Done, frames that are not understood, not ours, not there, over, taken over by another tab. */
const FINAL = [1000, 1009, 4400, 4403, 4404, 4409, 4410];

/** `off`, `connecting`, `open`, `waiting` for the next try, or `stopped` for good. */
export const connection = state('off');

const listeners = new Map();
const asked = new Map();
let streams = {};
let socket = null;
let timer = null;
let tries = 0;
let refused = false;
let attempts = 0;
let marks = 0;
let ahead = 0;

/** Calls back with the data of each event of this name, until the signal ends it. */
export function on(name, listener, signal) {
  if (!listeners.has(name)) listeners.set(name, new Set());
  listeners.get(name).add(listener);
  signal?.addEventListener('abort', () => listeners.get(name).delete(listener));
}

/** Tells of an event to all who listen: from the socket, or as an answer over HTTP says it. */
export function tell(name, data) {
  for (const listener of [...listeners.get(name) ?? []]) listener(data);
}

/** Opens the socket, for as long as somebody is signed in. */
export function start() {
  if (connection.value !== 'off') return;
  for (const change of ['online', 'pageshow']) addEventListener(change, hurry);
  document.addEventListener('visibilitychange', hurry);
  connect();
}

/** Closes it and forgets what was heard. */
export function stop() {
  for (const change of ['online', 'pageshow']) removeEventListener(change, hurry);
  document.removeEventListener('visibilitychange', hurry);
  attempts += 1;
  drop();
  [streams, tries, refused] = [{}, 0, false];
  connection.set('off');
}

/** Sends an action and waits until it is done; throws a `Refusal` as calls over HTTP do. */
export function ask(action, data = {}) {
  const cid = String((marks += 1));
  if (!send(action, data, cid)) return Promise.reject(lost());
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => settle(cid).reject(lost()), ANSWERED_WITHIN);
    asked.set(cid, { resolve, reject, late });
  });
}

/** Sends an action whose answer does not matter; says whether it could be sent. */
export function send(action, data = {}, cid = undefined) {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify({ action, data, cid }));
  return true;
}

/** The server's clock, which deadlines are measured by. */
export const serverNow = () => Date.now() + ahead;

async function connect() {
  connection.set('connecting');
  const attempt = (attempts += 1);
  let token;
  try {
    token = await api.token({ anew: refused });
  } catch (error) {
    // Without a session there is nothing to come back for; `stop` follows.
    if (attempt === attempts && error.status !== 401 && error.status !== 403) pause();
    return;
  }
  if (attempt === attempts && token) open(token);
}

function open(token) {
  const url = new URL(PATH, location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  const opened = new WebSocket(url, ['courtside.v1', `bearer.${token}`]);
  const current = (listener) => (event) => socket === opened && listener(event);
  opened.addEventListener('message', current(({ data }) => hear(JSON.parse(data))));
  opened.addEventListener('close', current(({ code }) => closed(code)));
  socket = opened;
}

/** Forgets the socket, and tells those who wait for an answer. */
function drop() {
  clearTimeout(timer);
  const old = socket;
  socket = null;
  old?.close(1000);
  for (const cid of [...asked.keys()]) settle(cid).reject(lost());
}

function closed(code) {
  drop();
  if (FINAL.includes(code)) return connection.set('stopped');
  // A fresh token may help, once; a second refusal means that nothing does.
  if (code === 4401 && refused) return connection.set('stopped');
  if (code === 4401) {
    refused = true;
    return void connect();
  }
  return pause(code === 4429 ? PAUSE_AFTER_FLOOD : 0);
}

/** Waits for a random time that grows, so that not all come back in the same moment. */
function pause(least = 0) {
  const longest = Math.min(SHORTEST_PAUSE * 2 ** tries, LONGEST_PAUSE);
  tries += 1;
  connection.set('waiting');
  timer = setTimeout(connect, least + longest * (0.25 + 0.75 * Math.random()));
}

/** Tries at once where there is reason to hope, and looks whether an old connection still lives. */
function hurry() {
  if (document.visibilityState === 'hidden') return;
  if (connection.value === 'waiting') {
    clearTimeout(timer);
    connect();
  } else if (connection.value === 'open') {
    look();
  }
}

function look() {
  clearTimeout(timer);
  const looked = socket;
  const next = () => {
    if (socket === looked) timer = setTimeout(look, LOOK_EVERY);
  };
  ask('ping').then(next, () => socket === looked && looked && closed(1006));
}

function hear({ action, data, stream, seq, epoch }) {
  if (action === 'ack' || action === 'error') return answered(action, data);
  if (action === 'hello') return void greeted(data);
  if (action === 'resync') return again(data.streams);
  if (stream) {
    const known = streams[stream];
    if (known?.epoch === epoch && seq <= known.seq) return undefined;
    streams[stream] = { seq, epoch };
  }
  if (action === 'chat_joined') streams[`chat:${data.chat_id}`] ??= { seq: data.seq, epoch: data.epoch };
  return tell(action, data);
}

/** Asks for what was missed since the last time, before anything new is told. */
async function greeted(hello) {
  const before = streams;
  const common = Object.keys(hello.streams).filter((name) => before[name]).slice(0, MOST_STREAMS);
  const fresh = Object.keys(hello.streams).filter((name) => !common.includes(name));
  const isFirst = common.length === 0;
  streams = { ...hello.streams };
  for (const name of common) streams[name] = before[name];
  ahead = Date.parse(hello.server_time) - Date.now();
  [tries, refused] = [0, false];
  tell('hello', hello);
  const known = Object.fromEntries(common.map((name) => [name, before[name]]));
  const resumed = isFirst ? Promise.resolve() : ask('resume', { streams: known });
  connection.set('open');
  try {
    await resumed;
    // These came to be while nobody listened, so nothing was heard of them.
    if (!isFirst && fresh.length) tell('resync', fresh);
    look();
  } catch {
    // The connection is lost again; the next one asks again.
  }
}

function again(names) {
  // What follows is newer than what is read now, so it may be heard whatever its number.
  for (const name of names) delete streams[name];
  tell('resync', names);
}

function answered(action, data) {
  const waiting = data.cid && settle(data.cid);
  if (!waiting) return;
  if (action === 'ack') waiting.resolve(data);
  else waiting.reject(new api.Refusal(400, data.message, data, data.retry_after));
}

function settle(cid) {
  const waiting = asked.get(cid);
  asked.delete(cid);
  clearTimeout(waiting?.late);
  return waiting;
}

const lost = () => new api.Refusal(0, 'The server cannot be reached.', { code: 'offline' });
