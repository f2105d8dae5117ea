// @ts-check
// What runs while a user is signed in: the events socket and the stores it keeps current.

import { showToast } from '../elements/toasts.js';
import { navigate, viewReady } from '../shell/router.js';
import { setTitleCount } from '../shell/page-title.js';
import { setBadge, setConnectionState } from '../shell/shell.js';
import * as activityBanner from './activity-banner.js';
import { chatsStore, totalUnread } from './chats-store.js';
import { environment } from './environment.js';
import { friendsStore } from './friends-store.js';
import { invitesStore } from './invites-store.js';
import { matchesStore, matchUrl } from './matches-store.js';
import { notificationActions } from './notification-actions.js';
import { notificationText } from './notification-text.js';
import { notificationsStore } from './notifications-store.js';
import { outbox } from './outbox.js';
import { queueStore } from './queue-store.js';
import { roomsStore } from './rooms-store.js';

/** @import { SocketStatus } from './reconnecting-socket.js' */

const { clock, connection, events, session } = environment;
/** The longest interval between reports of activity; a user who only reads is online as well. */
const ACTIVITY_INTERVAL = 60_000;
/** Short interruptions show no banner. */
const BANNER_DELAY = 3_000;
const ACTIVITY_EVENTS = ['keydown', 'pointerdown', 'pointermove'];
/** Kinds of notifications that are shown as a toast in every view. The others only show in the badge. */
const TOAST_ACTIONS = ['game_invite', 'friend_request', 'match_ready', 'new_tournament', 'system'];
const LISTS = [friendsStore, chatsStore, invitesStore, matchesStore, notificationsStore, roomsStore];
/** @type {number | null} */
let lastActivityReport = null;
/** @type {number | undefined} */
let bannerTimer;

/** Starts at login. */
export function start() {
  events.start();
  outbox.start();
  for (const name of ACTIVITY_EVENTS) addEventListener(name, reportActivity, { passive: true });
  viewReady().then(loadBadges);
}

/** Loads what the badges count. The view comes first; a failure shows in the view that needs the list. */
function loadBadges() {
  if (!session.signedIn) return;
  for (const loading of [friendsStore.ready('incoming'), invitesStore.ready(), matchesStore.ready()])
    loading.catch(() => {});
}

/** Stops at logout. */
export function stop() {
  events.stop();
  for (const name of ACTIVITY_EVENTS) removeEventListener(name, reportActivity);
  for (const store of [...LISTS, outbox, queueStore]) store.reset();
}

function reportActivity() {
  const now = clock.monotonic();
  if (lastActivityReport !== null && now - lastActivityReport < ACTIVITY_INTERVAL) return;
  if (session.profile && events.send('user_online', { username: session.profile.username })) lastActivityReport = now;
}

/** @param {string[]} streams */
function onResync(streams) {
  if (!streams.some((name) => name.startsWith('user:'))) chatsStore.refresh();
  else for (const store of LISTS) store.refresh();
}

/** @param {SocketStatus} status */
function onStatus(status) {
  clock.clearTimeout(bannerTimer);
  if (status === 'open') connection.reportRestored();
  if (status === 'open' || status === 'off') return setConnectionState('live');
  const state = status === 'stopped' ? 'stopped' : 'reconnecting';
  bannerTimer = clock.setTimeout(() => setConnectionState(state), BANNER_DELAY);
  return undefined;
}

/**
 * Opens a match that has been found, unless the user looks elsewhere or is writing.
 * @param {{ match_id: string }} match
 */
function openMatch({ match_id: id }) {
  const isHere = document.visibilityState === 'visible' && !isWriting(document.activeElement);
  if (isHere && location.pathname !== matchUrl(id)) navigate(matchUrl(id));
}

/** @param {Element | null} element */
const isWriting = (element) =>
  (element instanceof HTMLTextAreaElement || (element instanceof HTMLInputElement && element.type === 'text')) &&
  element.value !== '';

events.on('resync', onResync);
events.on('notification', (notification) => {
  if (!TOAST_ACTIONS.includes(notification.action)) return;
  showToast(notificationText(notification).text, { actions: notificationActions(notification) });
});
events.status.subscribe(onStatus);
matchesStore.onFound(openMatch);
activityBanner.start();
chatsStore.unread.subscribe((counts) => {
  const total = totalUnread(counts);
  setBadge('/chats', total, 'unread');
  setTitleCount(total);
});
notificationsStore.unreadCount.subscribe((count) => setBadge('/notifications', count, 'unread'));
friendsStore.incoming.subscribe((requests) => setBadge('/friends', requests.length, 'pending'));
invitesStore.received.subscribe((rows) => setBadge('/invites', rows.length, 'pending'));
