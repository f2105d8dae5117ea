// People as they stand in lists: picture, name, and how they can be found.

import { avatar, h } from './dom.js';

const PLACES = { online: 'Online', in_match: 'In a match', away: 'Away', offline: 'Offline' };

/** How somebody can be found, in words. */
export const placeOf = (status) => PLACES[status] ?? PLACES.offline;

/** Somebody's picture with a sign of how they can be found; the words stand beside it. */
export function face(person, size, status = null) {
  return h('span.face', { 'data-status': status }, avatar(person, size));
}

/** Where somebody's profile is. */
export const profileOf = (username) => `/people/${encodeURIComponent(username)}`;

/** A row with somebody, a line about them, and what can be done. */
export function personRow(person, { status = null, line = null, deeds = [] }) {
  return h('li.row.one', {},
    h(person.is_deleted ? 'span.somebody' : 'a.somebody', person.is_deleted ? {} : { href: profileOf(person.username) }, face(person, 44, status),
      h('span', {}, h('strong', {}, person.display_name), h('span.hint', {}, line ?? `@${person.username}`))),
    h('div.deeds', {}, deeds));
}
