// Messages on their way. Each is sent until the server has it, in the order in which they were
// written; the mark it carries makes it one message however often it is sent.

import * as api from '../api.js';
import { session } from '../session.js';
import { events } from './socket.js';
import { state } from './state.js';

const KEPT = 'courtside.unsent';
const SHORTEST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

/** What is not known to be sent: `waiting`, or `failed` with its `problem`. */
export const unsent = state([]);

/** Chats whose messages are being sent at this moment. */
const busy = new Set();
/** Ends the pauses that are being made. */
const pauses = new Set();

/** Sends a message as soon as it can be sent. */
export function post(chat, content, replyTo = null) {
  const message = { client_id: mark(), chat_id: chat, content, reply_to: replyTo, at: new Date().toISOString(), status: 'waiting' };
  keep([...unsent.value, message]);
  deliver(chat);
}

/** Sends a message again that was refused. */
export function retry(message) {
  keep(unsent.value.map((one) => (one.client_id === message.client_id ? { ...one, status: 'waiting', problem: null } : one)));
  deliver(message.chat_id);
}

/** Gives a message up. */
export const discard = (message) => keep(unsent.value.filter((one) => one.client_id !== message.client_id));

/** Goes on with what this tab had not sent before it was loaded anew. */
export function begin() {
  const { user, messages } = kept();
  if (user !== session.profile.id) return;
  unsent.set(messages);
  for (const chat of new Set(messages.map((one) => one.chat_id))) deliver(chat);
}

/** Forgets everything, for whoever signs in next. */
export function forget() {
  keep([]);
  wake();
}

const next = (chat) => unsent.value.find((one) => one.chat_id === chat && one.status === 'waiting');

async function deliver(chat) {
  if (busy.has(chat)) return;
  busy.add(chat);
  let tries = 0;
  for (let message = next(chat); message; message = next(chat)) {
    const pause = await attempt(message);
    tries = pause ? tries + 1 : 0;
    if (pause) await rest(Math.max(pause, Math.min(SHORTEST_PAUSE * 2 ** tries, LONGEST_PAUSE)));
  }
  busy.delete(chat);
}

/** Tries once; gives how long to wait before the next try, or nothing where none is needed. */
async function attempt({ client_id, chat_id: chat, content, reply_to }) {
  try {
    const { data } = await api.post(`/chats/rooms/${chat}/messages/`, { client_id, content, reply_to });
    events.tell('new_message', data);
    discard({ client_id });
    return 0;
  } catch (error) {
    const passes = error.code === 'offline' || error.status === 429 || error.status >= 500;
    if (passes) return Math.max(error.retryAfter * 1000, 1);
    keep(unsent.value.map((one) => (one.client_id === client_id ? { ...one, status: 'failed', problem: error.message } : one)));
    return 0;
  }
}

/** Waits; a connection that is back ends it early. */
function rest(pause) {
  return new Promise((resume) => {
    const over = () => {
      clearTimeout(timer);
      pauses.delete(over);
      resume();
    };
    const timer = setTimeout(over, pause);
    pauses.add(over);
  });
}

const wake = () => pauses.forEach((over) => over());

function keep(messages) {
  unsent.set(messages);
  try {
    if (messages.length) sessionStorage.setItem(KEPT, JSON.stringify({ user: session.profile?.id, messages }));
    else sessionStorage.removeItem(KEPT);
  } catch {
    // Where storage is forbidden, a reload forgets what was not sent.
  }
}

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}

const mark = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');

events.on('new_message', ({ client_id: id }) => {
  if (unsent.value.some((one) => one.client_id === id)) discard({ client_id: id });
});
events.connection.watch((now) => {
  if (now === 'open') wake();
});
