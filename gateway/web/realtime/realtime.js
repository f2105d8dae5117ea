// What runs while a user is signed in: the events socket and the stores it keeps current.

import { reportRestored } from '../connection.js';
import { session } from '../session.js';
import { setBadge, setConnectionState } from '../shell.js';
import * as activityBanner from './activity-banner.js';
import * as chats from './chats-store.js';
import { events } from './events-socket.js';
import * as friends from './friends-store.js';
import * as invites from './invites-store.js';
import * as matches from './matches-store.js';
import * as notifications from './notifications-store.js';
import * as outbox from './outbox.js';
import * as queue from './queue-store.js';
import * as rooms from './rooms-store.js';

/** The longest interval between reports of activity; a user who only reads is online as well. */
const ACTIVITY_INTERVAL = 60_000;
/** Short interruptions show no banner. */
const BANNER_DELAY = 3_000;
const ACTIVITY_EVENTS = ['keydown', 'pointerdown', 'pointermove'];
let lastActivityReport = 0;
let bannerTimer = null;

/** Starts at login. */
export function start() {
  events.start();
  outbox.start();
  for (const name of ACTIVITY_EVENTS) addEventListener(name, reportActivity, { passive: true });
  // A failure shows in the view that needs the list.
  for (const loading of [friends.ready('incoming'), invites.ready(), matches.ready()]) loading.catch(() => {});
}

/** Stops at logout. */
export function stop() {
  events.stop();
  for (const name of ACTIVITY_EVENTS) removeEventListener(name, reportActivity);
  for (const store of [friends, chats, invites, matches, notifications, outbox, queue, rooms]) store.reset();
}

function reportActivity() {
  const now = performance.now();
  if (lastActivityReport && now - lastActivityReport < ACTIVITY_INTERVAL) return;
  if (events.send('user_online', { username: session.profile?.username })) lastActivityReport = now;
}

function refreshStores() {
  for (const store of [friends, chats, invites, matches, notifications, rooms]) store.refresh();
}

events.on('resync', (streams) => {
  if (streams.some((name) => name.startsWith('user:'))) refreshStores();
  else chats.refresh();
});
events.status.subscribe((status) => {
  clearTimeout(bannerTimer);
  if (status === 'open') reportRestored();
  if (status === 'open' || status === 'off') setConnectionState('live');
  else bannerTimer = setTimeout(() => setConnectionState(status === 'stopped' ? 'stopped' : 'reconnecting'), BANNER_DELAY);
});
activityBanner.start();
chats.unread.subscribe((counts) => setBadge('/chats', chats.totalUnread(counts), 'unread'));
notifications.unreadCount.subscribe((count) => setBadge('/notifications', count, 'unread'));
friends.incoming.subscribe((requests) => setBadge('/friends', requests.length, 'pending'));
invites.received.subscribe((rows) => setBadge('/invites', rows.length, 'pending'));
