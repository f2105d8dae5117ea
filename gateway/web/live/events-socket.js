// @ts-check
// The socket for all events of the signed-in user, and the server's clock, which its greeting carries.

import { systemClock } from '../api/clock.js';
import { ReconnectingSocket } from './reconnecting-socket.js';

/** @import { SocketEnvironment } from './reconnecting-socket.js' */

/** @extends {ReconnectingSocket<'events'>} */
export class EventsSocket extends ReconnectingSocket {
  #clock;
  #clockOffset = 0;

  /** @param {SocketEnvironment} [environment] */
  constructor(environment = {}) {
    super('/ws/events/', environment);
    this.#clock = environment.clock ?? systemClock;
    this.on('hello', ({ server_time: serverTime }) => {
      this.#clockOffset = Date.parse(serverTime) - this.#clock.now();
    });
  }

  /** The server's current time, which deadlines are measured by. */
  serverNow() {
    return this.#clock.now() + this.#clockOffset;
  }
}

/** The socket of this page. */
export const events = new EventsSocket();
