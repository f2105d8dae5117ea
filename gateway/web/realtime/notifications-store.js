// The user's notifications and their unread count.

import * as api from '../api.js';
import { showToast } from '../toasts.js';
import { createLoader, onEvent, removeWhere, updateWhere, upsert } from './collections.js';
import { events } from './events-socket.js';
import { notificationText } from './notification-text.js';
import { createSignal } from './signal.js';

/** The loaded notifications, newest first. */
export const items = createSignal([]);
/** Whether older notifications can be loaded. */
export const hasOlder = createSignal(false);
export const unreadCount = createSignal(0);

const PAGE_SIZE = 20;
/** Actions that are shown as a toast in every view. The others only show in the badge. */
const TOAST_ACTIONS = ['game_invite', 'match_ready', 'system'];

const loader = createLoader(async () => {
  const { data, meta } = await api.get(`/notifications/?limit=${PAGE_SIZE}`);
  items.set(data);
  hasOlder.set(Boolean(meta.next));
});

export const ready = () => loader.ready();
export const refresh = () => loader.refresh();

/** Clears the store at logout. */
export function reset() {
  loader.reset();
  items.set([]);
  hasOlder.set(false);
  unreadCount.set(0);
}

export async function loadOlder() {
  const last = items.value.at(-1);
  const { data } = await api.get(`/notifications/?limit=${PAGE_SIZE}&before=${last.id}`);
  items.set([...items.value, ...data]);
  hasOlder.set(data.length >= PAGE_SIZE);
}

export async function markRead(item) {
  if (item.is_read) return;
  await api.post(`/notifications/${item.id}/read/`);
  items.set(updateWhere(items.value, ({ id }) => id === item.id, { is_read: true }));
}

export async function markAllRead() {
  const { data } = await api.post('/notifications/mark_all_as_read/');
  items.set(items.value.map((item) => ({ ...item, is_read: true })));
  unreadCount.set(data.total);
}

export async function remove(item) {
  await api.remove(`/notifications/${item.id}/`);
  items.set(removeWhere(items.value, ({ id }) => id === item.id));
}

export async function removeAll() {
  await api.post('/notifications/clear/');
  items.set([]);
  hasOlder.set(false);
  unreadCount.set(0);
}

function onNotification({ unread, ...item }) {
  items.set(upsert(items.value, item, ({ id }) => id === item.id));
  unreadCount.set(unread.total);
}

function onBadgeUpdate({ change, all, ids, unread }) {
  const isAffected = ({ id }) => all || ids.includes(id);
  items.set(change === 'deleted'
    ? removeWhere(items.value, isAffected)
    : updateWhere(items.value, (item) => !item.is_read && isAffected(item), { is_read: true }));
  unreadCount.set(unread.total);
}

onEvent('notification', onNotification);
onEvent('badge_update', onBadgeUpdate);
events.on('notification', (item) => {
  if (TOAST_ACTIONS.includes(item.action)) showToast(notificationText(item).text);
});
events.on('hello', ({ unread }) => unreadCount.set(unread.notifications?.total ?? 0));
