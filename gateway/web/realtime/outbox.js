// Messages that are not confirmed yet. Each is sent until the server has it, in the order written;
// its client id makes it one message however often it is sent.

import * as api from '../api.js';
import { session } from '../session.js';
import { events } from './events-socket.js';
import { createSignal } from './signal.js';

const STORAGE_KEY = 'courtside.unsent';
const MIN_BACKOFF = 1_000;
const MAX_BACKOFF = 30_000;

/** Unconfirmed messages: `waiting`, or `failed` with an `error`. */
export const unsent = createSignal([]);

/** Chats with a delivery in progress. */
const delivering = new Set();
/** Callbacks that end the current backoffs. */
const backoffs = new Set();

/** Queues a message and sends it as soon as possible. */
export function post(chatId, content, replyTo = null) {
  const message = { client_id: newClientId(), chat_id: chatId, content, reply_to: replyTo, at: new Date().toISOString(), status: 'waiting' };
  setUnsent([...unsent.value, message]);
  deliver(chatId);
}

/** Sends a failed message again. */
export function retry(message) {
  update(message.client_id, { status: 'waiting', error: null });
  deliver(message.chat_id);
}

/** Removes a message without sending it. */
export const discard = (message) => setUnsent(unsent.value.filter(({ client_id: id }) => id !== message.client_id));

/** Resumes delivery of what this tab had not sent before it was reloaded. */
export function start() {
  const { user, messages } = readStorage();
  if (user !== session.profile.id) return;
  unsent.set(messages);
  for (const chatId of new Set(messages.map((message) => message.chat_id))) deliver(chatId);
}

/** Clears the outbox at logout. */
export function reset() {
  setUnsent([]);
  endBackoffs();
}

const nextWaiting = (chatId) => unsent.value.find((message) => message.chat_id === chatId && message.status === 'waiting');

function update(clientId, changes) {
  setUnsent(unsent.value.map((message) => (message.client_id === clientId ? { ...message, ...changes } : message)));
}

async function deliver(chatId) {
  if (delivering.has(chatId)) return;
  delivering.add(chatId);
  let failures = 0;
  for (let message = nextWaiting(chatId); message; message = nextWaiting(chatId)) {
    const pause = await attempt(message);
    failures = pause ? failures + 1 : 0;
    if (pause) await backOff(Math.max(pause, Math.min(MIN_BACKOFF * 2 ** failures, MAX_BACKOFF)));
  }
  delivering.delete(chatId);
}

/** Sends a message once; returns the minimum pause before the next attempt, or 0 if none is needed. */
async function attempt({ client_id, chat_id: chatId, content, reply_to }) {
  try {
    const { data } = await api.post(`/chats/rooms/${chatId}/messages/`, { client_id, content, reply_to });
    events.dispatch('new_message', data);
    discard({ client_id });
    return 0;
  } catch (error) {
    const isTransient = error.code === 'offline' || error.status === 429 || error.status >= 500;
    if (isTransient) return Math.max(error.retryAfter * 1000, 1);
    update(client_id, { status: 'failed', error: error.message });
    return 0;
  }
}

/** Waits; `endBackoffs` ends the wait early. */
function backOff(pause) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      backoffs.delete(end);
      resolve();
    };
    const timer = setTimeout(end, pause);
    backoffs.add(end);
  });
}

const endBackoffs = () => backoffs.forEach((end) => end());

function setUnsent(messages) {
  unsent.set(messages);
  try {
    if (messages.length) sessionStorage.setItem(STORAGE_KEY, JSON.stringify({ user: session.profile?.id, messages }));
    else sessionStorage.removeItem(STORAGE_KEY);
  } catch {
    // Storage may be blocked; a reload then loses unsent messages.
  }
}

function readStorage() {
  try {
    return JSON.parse(sessionStorage.getItem(STORAGE_KEY)) ?? {};
  } catch {
    return {};
  }
}

const newClientId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');

events.on('new_message', ({ client_id: id }) => {
  if (unsent.value.some((message) => message.client_id === id)) discard({ client_id: id });
});
events.status.subscribe((status) => {
  if (status === 'open') endBackoffs();
});
