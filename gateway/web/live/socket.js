// The one line for everything personal, and the server's clock, which it brings along.

import { Line } from './line.js';

export const events = new Line('/ws/events/');

let ahead = 0;

/** The server's clock, which deadlines are measured by. */
export const serverNow = () => Date.now() + ahead;

events.on('hello', ({ server_time: there }) => {
  ahead = Date.parse(there) - Date.now();
});
