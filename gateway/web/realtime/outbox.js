// Messages that are not confirmed yet. Each is sent until the server has it, in the order written;
// its client id makes it one message however often it is sent.

import * as api from '../api.js';
import { onRestored, reportRestored } from '../connection.js';
import { session } from '../session.js';
import { events } from './events-socket.js';
import { createSignal } from './signal.js';
import { keepWritten, readWritten } from './written-store.js';

const KIND = 'unsent';
const MIN_BACKOFF = 1_000;
/** However long the server is away, messages are sent soon after its return. */
const MAX_BACKOFF = 5_000;

/** Unconfirmed messages: `waiting`, or `failed` with an `error`. */
export const unsent = createSignal([]);

/** The session whose messages are sent: its user, and the chats with a delivery in progress. */
let current = null;
/** Callbacks that end the current backoffs. */
const backoffs = new Set();
/** How often the server has become reachable again. */
let restorations = 0;

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

/** Goes on with what this tab had not sent before it was reloaded, or before the user's last session ended. */
export function start() {
  current = { user: session.profile.id, delivering: new Set() };
  unsent.set(readWritten(KIND, current.user, []));
  for (const chatId of new Set(unsent.value.map((message) => message.chat_id))) deliver(chatId);
}

/** Stops at logout. What is not sent stays in storage. */
export function reset() {
  current = null;
  unsent.set([]);
  endBackoffs();
}

const nextWaiting = (chatId) => unsent.value.find((message) => message.chat_id === chatId && message.status === 'waiting');

function update(clientId, changes) {
  setUnsent(unsent.value.map((message) => (message.client_id === clientId ? { ...message, ...changes } : message)));
}

async function deliver(chatId) {
  const own = current;
  if (!own || own.delivering.has(chatId)) return;
  own.delivering.add(chatId);
  let failures = 0;
  for (let message = nextWaiting(chatId); message; message = nextWaiting(chatId)) {
    const restorationsBefore = restorations;
    const outcome = await attempt(message);
    if (own !== current) return;
    if (outcome.isConfirmed) discard(message);
    if (outcome.refusal) update(message.client_id, { status: 'failed', error: outcome.refusal });
    if (failures && outcome.isConfirmed) reportRestored();
    failures = outcome.pause ? failures + 1 : 0;
    if (outcome.pause && restorations === restorationsBefore) await backOff(Math.max(outcome.pause, Math.min(MIN_BACKOFF * 2 ** failures, MAX_BACKOFF)));
    if (own !== current) return;
  }
  own.delivering.delete(chatId);
}

/** Sends a message once. The outcome is a confirmation, a refusal, or the least pause before another attempt. */
async function attempt({ client_id, chat_id: chatId, content, reply_to }) {
  try {
    const { data } = await api.post(`/chats/rooms/${chatId}/messages/`, { client_id, content, reply_to });
    events.dispatch('new_message', data);
    return { isConfirmed: true };
  } catch (error) {
    // After a 401 the session has ended; the message waits for the next one.
    const isTransient = error.code === 'offline' || [401, 429].includes(error.status) || error.status >= 500;
    return isTransient ? { pause: Math.max((error.retryAfter ?? 0) * 1000, 1) } : { refusal: error.message };
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
  if (current) keepWritten(KIND, current.user, messages.length ? messages : null);
}

const newClientId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');

events.on('new_message', ({ client_id: id }) => {
  if (unsent.value.some((message) => message.client_id === id)) discard({ client_id: id });
});
onRestored(() => {
  restorations += 1;
  endBackoffs();
});
