// @ts-check
// Who is in a lobby: their number, and up to a hundred of them.

import { removeWhere } from '../../live/collections.js';
import { createSignal } from '../../live/signal.js';

/** @typedef {import('../../api/types.js').UserSummary} UserSummary */

/**
 * The roster, which follows the socket of the lobby.
 *
 * @param {import('../../live/reconnecting-socket.js').ReconnectingSocket<'lobby'>} socket
 */
export function trackRoster(socket) {
  const total = createSignal(0);
  const members = createSignal(/** @type {UserSummary[]} */ ([]));
  /** @param {UserSummary} user */
  const without = (user) => removeWhere(members.value, ({ id }) => id === user.id);
  socket.on('members', (event) => {
    members.set(event.members);
    total.set(event.total);
  });
  socket.on('member_joined', (event) => {
    members.set([...without(event.user), event.user]);
    total.set(event.total);
  });
  socket.on('member_left', (event) => {
    members.set(without(event.user));
    total.set(event.total);
  });
  socket.on('member_count', (event) => total.set(event.total));
  return { total, members };
}
