// How people are shown in lists: avatar, name, status and actions.

import { avatar, h } from './dom.js';

const STATUS_LABELS = { online: 'Online', in_match: 'In a match', away: 'Away', offline: 'Offline' };

/** The label of a presence status. */
export const statusLabel = (status) => STATUS_LABELS[status] ?? STATUS_LABELS.offline;

/** An avatar with a status dot; the status stands beside it as text. */
export function avatarWithStatus(user, size, status = null) {
  return h('span.avatar-status', { 'data-status': status }, avatar(user, size));
}

/** The address of a user's profile. */
export const profileUrl = (username) => `/people/${encodeURIComponent(username)}`;

/** The address of the form that invites a user to a game. */
export const inviteUrl = (username) => `/play?opponent=friend&to=${encodeURIComponent(username)}`;

/** A list row: a user, a line of detail, and action buttons. */
export function personRow(user, { status = null, detail = null, actions = [] }) {
  return h('li.row', {},
    h(user.is_deleted ? 'span.person-link' : 'a.person-link', user.is_deleted ? {} : { href: profileUrl(user.username) }, avatarWithStatus(user, 44, status),
      h('span', {}, h('strong', { dir: 'auto' }, user.display_name), h('span.hint', {}, detail ?? `@${user.username}`))),
    h('div.row-actions', {}, actions));
}
