// @ts-check
// A notification in its list.

import { icon } from '../../elements/icon.js';
import { timeAgo } from '../../elements/relative-time.js';
import { showError } from '../../elements/toasts.js';
import { isPending, notificationActions } from '../../live/notification-actions.js';
import { notificationText } from '../../live/notification-text.js';
import { notificationsStore } from '../../live/notifications-store.js';
import { html, nothing } from '../../vendor/lit.js';
import { answerButton } from './answer-button.js';
import { rowMenu } from './row-menu.js';

/** @typedef {import('../../api/types.js').Notification} Notification */
/** @typedef {import('../../elements/icon.js').IconName} IconName */

const FACE_SIZE = 44;
/** @type {Record<string, IconName>} */
const SYMBOLS = { new_tournament: 'trophy', match_ready: 'court', group: 'friends', system: 'info' };

/**
 * A row, which is a link as a whole: following it marks the notification as read. What waits for an answer has
 * its buttons.
 *
 * @param {Notification} item
 */
export function notificationRow(item) {
  const { text, href, person } = notificationText(item);
  const content = html`<span class="notification-text" dir="auto"
      >${item.is_read ? nothing : html`<span class="visually-hidden">New: </span>`}${text}</span
    >${timeAgo(item.created_at, 'time.hint')}`;
  const markRead = () => notificationsStore.markRead(item).catch(showError);
  return html`<li class=${item.is_read ? '' : 'unread'}>
    ${face(item, person)}
    ${
      href
        ? html`<a class="notification" href=${href} @click=${markRead}>${content}</a>`
        : html`<div class="notification">${content}</div>`
    }
    ${isPending(item) ? answers(item) : nothing} ${rowMenu(item, text)}
  </li>`;
}

/**
 * @param {Notification} item
 * @param {{ avatar: string } | null | undefined} person
 */
function face({ action }, person) {
  if (!person) return html`<span class="avatar room-icon">${icon(SYMBOLS[action] ?? 'bell')}</span>`;
  return html`<img class="avatar" src=${person.avatar} alt="" width=${FACE_SIZE} height=${FACE_SIZE} loading="lazy" />`;
}

/** @param {Notification} item */
function answers(item) {
  const buttons = notificationActions(item).map((action, index) => answerButton(action, index === 0 ? 'primary' : ''));
  return html`<div class="row-actions">${buttons}</div>`;
}
