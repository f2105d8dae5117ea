// Notifications, newest first.

import { actionButton } from '../action-button.js';
import { confirm } from '../dialogs.js';
import { h, page } from '../dom.js';
import { formatDateTime, relativeTime } from '../format.js';
import { keyedList } from '../keyed-list.js';
import * as chatsStore from '../realtime/chats-store.js';
import { notificationText } from '../realtime/notification-text.js';
import * as notificationsStore from '../realtime/notifications-store.js';
import { showError } from '../toasts.js';

export default async function view({ signal }) {
  // Links to conversations need the chats store.
  await Promise.all([notificationsStore.ready(), chatsStore.ready()]);
  const list = h('ul.rows.notifications');
  const empty = h('p.hint', {}, 'No notifications.');
  const markAllRead = actionButton('Mark all as read', notificationsStore.markAllRead);
  const deleteAll = actionButton('Delete all', confirmDeleteAll);
  const older = h('div.actions', {}, actionButton('Show older', notificationsStore.loadOlder));
  const showRows = keyedList(list, (item) => item.id, row);
  notificationsStore.items.subscribe((items) => {
    showRows(items);
    empty.hidden = items.length > 0;
    markAllRead.hidden = !items.some((item) => !item.is_read);
    deleteAll.hidden = !items.length;
  }, signal);
  notificationsStore.hasOlder.subscribe((hasOlder) => {
    older.hidden = !hasOlder;
  }, signal);
  return page('Notifications',
    h('div.actions', {}, markAllRead, deleteAll, h('a', { href: '/notifications/preferences' }, 'Notification settings')),
    h('div.card', {}, empty, list, older));
}

function row(item) {
  const { text, href } = notificationText(item);
  const label = href ? h('a', { href, onclick: () => notificationsStore.markRead(item).catch(showError) }, text) : text;
  return h(item.is_read ? 'li.row' : 'li.row.unread', {},
    h('div', {}, h('p', {}, !item.is_read && h('span.visually-hidden', {}, 'New: '), label),
      h('time.hint', { datetime: item.created_at, title: formatDateTime(item.created_at) }, relativeTime(item.created_at))),
    h('div.row-actions', {},
      !item.is_read && actionButton('Mark as read', () => notificationsStore.markRead(item), { name: `Mark as read: ${text}` }),
      actionButton('Delete', () => notificationsStore.remove(item), { name: `Delete: ${text}` })));
}

async function confirmDeleteAll() {
  await confirm('Delete all notifications?', 'This only clears the list. Messages, requests and invites stay.', 'Delete all');
  await notificationsStore.removeAll();
}
