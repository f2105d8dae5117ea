// What goes on while somebody is signed in: the socket, and the lists that it keeps true.

import { badge, connected } from '../shell.js';
import { session } from '../session.js';
import * as chats from './chats.js';
import * as circle from './circle.js';
import * as invites from './invites.js';
import * as news from './news.js';
import * as outbox from './outbox.js';
import { events } from './socket.js';

/** A person who only looks on is here too; that is told this often at most. */
const TOLD_EVERY = 60_000;
/** A short break is not worth a word. */
const WORTH_TELLING = 3_000;
const SIGNS = ['keydown', 'pointerdown', 'pointermove'];
let told = 0;
let telling = null;

/** Begins when somebody signs in. */
export function begin() {
  events.start();
  outbox.begin();
  for (const sign of SIGNS) addEventListener(sign, active, { passive: true });
  // Where this fails, the view that shows it will say so.
  for (const list of [circle.ready('incoming'), invites.ready()]) list.catch(() => {});
}

/** Ends when they are gone. */
export function end() {
  events.stop();
  for (const sign of SIGNS) removeEventListener(sign, active);
  for (const part of [circle, chats, invites, news, outbox]) part.forget();
}

function active() {
  const now = performance.now();
  if (told && now - told < TOLD_EVERY) return;
  if (events.send('user_online', { username: session.profile?.username })) told = now;
}

function again() {
  for (const part of [circle, chats, invites, news]) part.again();
}

events.on('resync', (streams) => {
  if (streams.some((name) => name.startsWith('user:'))) again();
  else chats.again();
});
events.connection.watch((now) => {
  clearTimeout(telling);
  if (now === 'open' || now === 'off') connected('yes');
  else telling = setTimeout(() => connected(now === 'stopped' ? 'no more' : 'not yet'), WORTH_TELLING);
});
chats.unread.watch((counts) => badge('/chats', chats.total(counts), 'unread'));
news.waiting.watch((count) => badge('/notifications', count, 'unread'));
circle.incoming.watch((rows) => badge('/friends', rows.length, 'waiting for an answer'));
invites.received.watch((rows) => badge('/invites', rows.length, 'waiting for an answer'));
