// @ts-check
// What notifications and invites share: both are the user's inbox.

import { following } from '../../elements/template-parts.js';
import { invitesStore } from '../../live/invites-store.js';
import { notificationsStore } from '../../live/notifications-store.js';
import { loadStyles } from '../../styles/load-styles.js';
import { html, ifDefined, nothing } from '../../vendor/lit.js';

/** Loads the styles of the inbox. */
export const inboxStyles = () => loadStyles('/styles/inbox.css');

/**
 * Links between the parts of the inbox, with what waits in each.
 *
 * @param {'/notifications' | '/invites'} current
 * @param {AbortSignal} signal
 */
export function inboxTabs(current, signal) {
  const unread = () => count(notificationsStore.unreadCount.value);
  const pending = () => count(invitesStore.received.value.length);
  /** @param {string} href */
  const isCurrent = (href) => ifDefined(href === current ? 'page' : undefined);
  return html`<nav class="inbox-tabs" aria-label="Inbox">
    <a href="/notifications" aria-current=${isCurrent('/notifications')}>
      All <span ${following([notificationsStore.unreadCount], unread, signal)}></span>
    </a>
    <a href="/invites" aria-current=${isCurrent('/invites')}>
      Invites <span ${following([invitesStore.received], pending, signal)}></span>
    </a>
  </nav>`;
}

/** @param {number} number */
const count = (number) => (number ? html`<span class="count">${number > 99 ? '99+' : number}</span>` : nothing);
