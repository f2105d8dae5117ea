// Notifications, newest first.

import { actionButton } from '../action-button.js';
import { contextMenu } from '../context-menu.js';
import { confirm } from '../dialogs.js';
import { avatar, h, page } from '../dom.js';
import { keyedList } from '../keyed-list.js';
import * as chatsStore from '../realtime/chats-store.js';
import * as friendsStore from '../realtime/friends-store.js';
import { notificationText } from '../realtime/notification-text.js';
import * as notificationsStore from '../realtime/notifications-store.js';
import { timeAgo } from '../relative-time.js';
import { showError } from '../toasts.js';

export default async function view({ signal }) {
  // Names, faces and links to conversations come from these stores.
  await Promise.all([notificationsStore.ready(), chatsStore.ready(), friendsStore.ready('friends')]);
  const list = h('ul.notifications');
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

/** A notification, which is a link as a whole; following it marks it as read. */
function row(item) {
  const { text, href, person } = notificationText(item);
  const content = [
    person ? avatar(person, 44) : h('span.avatar.room-icon', { 'aria-hidden': 'true' }, '!'),
    h('span', {}, h('span.notification-text', { dir: 'auto' }, !item.is_read && h('span.visually-hidden', {}, 'New: '), text), timeAgo(item.created_at, 'time.hint'))];
  const label = href
    ? h('a.notification', { href, onclick: () => notificationsStore.markRead(item).catch(showError) }, content)
    : h('div.notification', {}, content);
  return h(item.is_read ? 'li' : 'li.unread', {}, label, contextMenu(`More actions for: ${text}`, [
    !item.is_read && actionButton('Mark as read', () => notificationsStore.markRead(item)),
    actionButton('Delete', () => notificationsStore.remove(item)),
  ]));
}

async function confirmDeleteAll() {
  await confirm('Delete all notifications?', 'This only clears the list. Messages, requests and invites stay.', 'Delete all');
  await notificationsStore.removeAll();
}
