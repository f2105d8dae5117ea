// @ts-check
// How people are shown in lists: avatar, name, status and actions.

import { html, ifDefined } from '../vendor/lit.js';
import { avatar, element, h } from './dom.js';

/**
 * @import { Friend, Presence, UserSummary } from '../api/types.js'
 * @import { Children, Pictured } from './dom.js'
 * @typedef {UserSummary | Friend} Person
 */

/** @type {Record<Presence, string>} */
const STATUS_LABELS = { online: 'Online', in_match: 'In a match', away: 'Away', offline: 'Offline' };

/**
 * The label of a presence status.
 * @param {Presence | null | undefined} status
 */
export const statusLabel = (status) => STATUS_LABELS[status ?? 'offline'] ?? STATUS_LABELS.offline;

/**
 * An avatar with a status dot; the status stands beside it as text.
 * @param {Pictured} user
 * @param {number} size
 * @param {Presence | null} [status]
 */
export function avatarWithStatus(user, size, status = null) {
  return element(
    html`<span class="avatar-status" data-status=${ifDefined(status ?? undefined)}>${avatar(user, size)}</span>`,
  );
}

/**
 * The address of a user's profile.
 * @param {string} username
 */
export const profileUrl = (username) => `/people/${encodeURIComponent(username)}`;

/**
 * The address of the conversation with a user.
 * @param {string} username
 */
export const chatUrl = (username) => `/chats/${encodeURIComponent(username)}`;

/**
 * The address of the form that invites a user to a game.
 * @param {string} username
 */
export const inviteUrl = (username) => `/play?opponent=friend&to=${encodeURIComponent(username)}`;

/**
 * A list row: a user, a line of detail, and action buttons.
 * @param {Person} user
 * @param {{ status?: Presence | null, detail?: Children, actions?: Children }} [parts]
 */
export function personRow(user, { status = null, detail = null, actions = [] } = {}) {
  const isDeleted = 'is_deleted' in user && user.is_deleted;
  return h(
    'li.row',
    {},
    h(
      isDeleted ? 'span.person-link' : 'a.person-link',
      isDeleted ? {} : { href: profileUrl(user.username) },
      avatarWithStatus(user, 44, status),
      h('span', {}, h('strong', { dir: 'auto' }, user.display_name), h('span.hint', {}, detail ?? `@${user.username}`)),
    ),
    h('div.row-actions', {}, actions),
  );
}
