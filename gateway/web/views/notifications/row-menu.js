// @ts-check
// What one does rarely with a notification.

import { actionButton } from '../../elements/action-button.js';
import { contextMenu } from '../../elements/context-menu.js';
import { notificationsStore } from '../../live/notifications-store.js';

/** @typedef {import('../../api/types.js').Notification} Notification */

/**
 * The menus by notification, so that one that is open stays while the list changes.
 *
 * @type {WeakMap<Notification, HTMLElement>}
 */
const menus = new WeakMap();

/**
 * The menu of a notification.
 *
 * @param {Notification} item
 * @param {string} text
 */
export function rowMenu(item, text) {
  const known = menus.get(item);
  if (known) return known;
  const menu = contextMenu(`More actions for: ${text}`, [
    !item.is_read && actionButton('Mark as read', () => notificationsStore.markRead(item)),
    actionButton('Delete', () => notificationsStore.remove(item)),
  ]);
  menus.set(item, menu);
  return menu;
}
