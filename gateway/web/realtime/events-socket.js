// The socket for all events of the signed-in user, and the server's clock, which its greeting carries.

import { ReconnectingSocket } from './reconnecting-socket.js';

export const events = new ReconnectingSocket('/ws/events/');

let clockOffset = 0;

/** The server's current time, which deadlines are measured by. */
export const serverNow = () => Date.now() + clockOffset;

events.on('hello', ({ server_time: serverTime }) => {
  clockOffset = Date.parse(serverTime) - Date.now();
});
