// @ts-check
// The user's notifications and their unread count.

import { removeWhere, updateWhere, upsert } from './collections.js';
import { environment } from './environment.js';
import { createSignal } from './signal.js';

/**
 * @import { BadgeUpdate, Notification, NotificationCreated } from '../api/types.js'
 * @import { Environment } from './environment.js'
 * @import { Signal } from './signal.js'
 */

const PAGE_SIZE = 20;

export class NotificationsStore {
  /** The loaded notifications, newest first.
   * @type {Signal<Notification[]>} */
  items = createSignal([]);
  /** Whether older notifications can be loaded.
   * @type {Signal<boolean>} */
  hasOlder = createSignal(false);
  /** @type {Signal<number>} */
  unreadCount = createSignal(0);
  #api;
  #loader;

  /** @param {Pick<Environment, 'api' | 'events' | 'replay'>} environment */
  constructor({ api, events, replay }) {
    this.#api = api;
    this.#loader = replay.loader(async () => {
      const { data, meta } = await api.get(`/notifications/?limit=${PAGE_SIZE}`);
      this.items.set(data);
      this.hasOlder.set(Boolean(meta.next));
    });
    events.onReplayed('notification', (created) => this.#onCreated(created));
    events.onReplayed('badge_update', (update) => this.#onBadgeUpdate(update));
    events.on('hello', ({ unread }) => this.unreadCount.set(unread.notifications?.total ?? 0));
  }

  /** Loads the newest notifications once. */
  ready() {
    return this.#loader.ready();
  }

  /** Reloads the list if it was loaded. */
  refresh() {
    this.#loader.refresh();
  }

  /** Clears the store at logout. */
  reset() {
    this.#loader.reset();
    this.#clear();
  }

  /** Loads the next older ones, if there are any. */
  async loadOlder() {
    const last = this.items.value.at(-1);
    if (!last) return;
    const { data } = await this.#api.get(`/notifications/?limit=${PAGE_SIZE}&before=${last.id}`);
    this.items.set([...this.items.value, ...data]);
    this.hasOlder.set(data.length >= PAGE_SIZE);
  }

  /** @param {Pick<Notification, 'id' | 'is_read'>} item */
  async markRead(item) {
    if (item.is_read) return;
    await this.#api.post(`/notifications/${item.id}/read/`);
    this.items.set(updateWhere(this.items.value, ({ id }) => id === item.id, { is_read: true }));
  }

  async markAllRead() {
    const { data } = await this.#api.post('/notifications/mark_all_as_read/');
    this.items.set(this.items.value.map((item) => ({ ...item, is_read: true })));
    this.unreadCount.set(data.total);
  }

  /** @param {Pick<Notification, 'id'>} item */
  async remove(item) {
    await this.#api.remove(`/notifications/${item.id}/`);
    this.items.set(removeWhere(this.items.value, ({ id }) => id === item.id));
  }

  async removeAll() {
    await this.#api.post('/notifications/clear/');
    this.#clear();
  }

  #clear() {
    this.items.set([]);
    this.hasOlder.set(false);
    this.unreadCount.set(0);
  }

  /** @param {NotificationCreated} created */
  #onCreated({ unread, ...rest }) {
    // A rest of a union loses which fields belong together.
    const item = /** @type {Notification} */ (rest);
    this.items.set(upsert(this.items.value, item, ({ id }) => id === item.id));
    this.unreadCount.set(unread.total);
  }

  /** @param {BadgeUpdate} update */
  #onBadgeUpdate({ change, all, ids, unread }) {
    const isAffected = (/** @type {Notification} */ { id }) => all || ids.includes(id);
    this.items.set(
      change === 'deleted'
        ? removeWhere(this.items.value, isAffected)
        : updateWhere(this.items.value, (item) => !item.is_read && isAffected(item), { is_read: true }),
    );
    this.unreadCount.set(unread.total);
  }
}

export const notificationsStore = new NotificationsStore(environment);
