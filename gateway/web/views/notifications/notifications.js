// @ts-check
// Notifications, newest first.

import { actionButton } from '../../elements/action-button.js';
import { contextMenu } from '../../elements/context-menu.js';
import { confirm } from '../../elements/dialogs.js';
import { emptyState } from '../../elements/empty-state.js';
import { elementOf } from '../../elements/template-parts.js';
import { chatsStore } from '../../live/chats-store.js';
import { friendsStore } from '../../live/friends-store.js';
import { invitesStore } from '../../live/invites-store.js';
import { loadSenders, senders } from '../../live/message-senders.js';
import { matchesStore } from '../../live/matches-store.js';
import { notificationsStore } from '../../live/notifications-store.js';
import { html, nothing, render, repeat } from '../../vendor/lit.js';
import { inboxStyles, inboxTabs } from './inbox-tabs.js';
import { notificationRow } from './notification-row.js';

/** @typedef {import('../../api/types.js').Notification} Notification */

const TITLE = 'Notifications';

/** @param {{ signal: AbortSignal }} context */
export default async function view({ signal }) {
  // Names, faces and links to conversations come from these stores, and what can still be answered.
  await Promise.all([
    notificationsStore.ready(),
    chatsStore.ready(),
    friendsStore.ready('friends', 'incoming'),
    invitesStore.ready(),
    inboxStyles(),
  ]);
  const content = html`<h1 tabindex="-1">${TITLE}</h1>
    <div class="inbox-head">${inboxTabs('/notifications', signal)} ${listActions(signal)}</div>
    ${notificationList(signal)}`;
  return { title: TITLE, content };
}

/**
 * The actions on all notifications.
 *
 * @param {AbortSignal} signal
 */
function listActions(signal) {
  const markAllRead = actionButton('Mark all as read', () => notificationsStore.markAllRead(), { variant: 'quiet' });
  const deleteAll = actionButton('Delete all', confirmDeleteAll);
  const settings = elementOf(html`<a href="/settings/notifications">Notification settings</a>`);
  notificationsStore.items.subscribe((/** @type {Notification[]} */ items) => {
    markAllRead.hidden = !items.some((item) => !item.is_read);
    deleteAll.hidden = !items.length;
  }, signal);
  return html`<div class="actions">
    ${markAllRead} ${contextMenu('More actions for all notifications', [deleteAll, settings])}
  </div>`;
}

/**
 * The list, updated live.
 *
 * @param {AbortSignal} signal
 */
function notificationList(signal) {
  const element = elementOf(html`<div class="stack"></div>`);
  const update = () => render(content(notificationsStore.items.value), element);
  const sources = [
    notificationsStore.items,
    notificationsStore.hasOlder,
    friendsStore.incoming,
    invitesStore.received,
    matchesStore.current,
    senders,
  ];
  for (const source of sources) source.subscribe(update, signal);
  notificationsStore.items.subscribe(
    (/** @type {Notification[]} */ items) => loadSenders(unknownSenders(items)),
    signal,
  );
  return element;
}

/**
 * The authors of messages who are no friends.
 *
 * @param {Notification[]} items
 */
function unknownSenders(items) {
  const usernames = items.flatMap((item) => (item.action === 'new_message' ? [item.data.sender] : []));
  const friends = new Set(
    friendsStore.friends.value.map((/** @type {{ username: string }} */ { username }) => username),
  );
  return [...new Set(usernames)].filter((username) => !friends.has(username));
}

/** @param {Notification[]} items */
function content(items) {
  return html`<div class="card inbox">
    ${items.length ? list(items) : emptyState('bell', 'No notifications. What friends and matches do shows up here.')}
    ${notificationsStore.hasOlder.value ? actionButton('Show older', () => notificationsStore.loadOlder()) : nothing}
  </div>`;
}

/** @param {Notification[]} items */
const list = (items) =>
  html`<ul class="inbox-rows">
    ${repeat(items, ({ id }) => id, notificationRow)}
  </ul>`;

async function confirmDeleteAll() {
  await confirm(
    'Delete all notifications?',
    'This only clears the list. Messages, requests and invites stay.',
    'Delete all',
  );
  await notificationsStore.removeAll();
}
