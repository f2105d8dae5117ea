// The events and actions of each socket, with those that the client makes itself.

import type { Hello, SocketActions, SocketEvents } from '../api/types.js';

export type Channel = keyof SocketEvents;

/** What listeners get, by the name of the event. */
export type Events<C extends Channel> = Omit<SocketEvents[C], 'resync'> & {
  /** A binary frame, whole. */
  binary: ArrayBuffer;
  /** The last of the missed events has arrived. */
  caught_up: Hello;
  /** Missed events of these streams are lost; what comes from them must be loaded again. */
  resync: string[];
};
export type EventName<C extends Channel> = keyof Events<C> & string;

export type Actions<C extends Channel> = SocketActions[C];
export type ActionName<C extends Channel> = keyof Actions<C> & string;
