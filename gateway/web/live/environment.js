// @ts-check
// What the stores of this page use; tests give them their own.

import { api } from '../api/client.js';
import { systemClock } from '../api/clock.js';
import { session } from '../api/session.js';
import { readSetting, writeSetting } from '../api/storage.js';
import { connection } from './connection.js';
import { eventReplay } from './event-replay.js';
import { events } from './events-socket.js';
import { WrittenStore } from './written-store.js';

/**
 * @import { ApiClient } from '../api/client.js'
 * @import { Clock } from '../api/clock.js'
 * @import { Session, Settings } from '../api/session.js'
 * @import { Connection } from './connection.js'
 * @import { EventReplay } from './event-replay.js'
 * @import { EventsSocket } from './events-socket.js'
 * @import { Page } from './reconnecting-socket.js'
 */

/**
 * @typedef {object} Environment
 * @property {ApiClient} api
 * @property {Clock} clock
 * @property {Connection} connection
 * @property {EventsSocket} events
 * @property {Page} page
 * @property {Pick<BroadcastChannel, 'postMessage' | 'addEventListener'> | null} readTabs Tells other tabs what was read.
 * @property {EventReplay} replay
 * @property {Session} session
 * @property {Settings} settings
 * @property {WrittenStore} written
 */

/** @type {Environment} */
export const environment = {
  api,
  clock: systemClock,
  connection,
  events,
  page: globalThis.window,
  readTabs: globalThis.window ? new BroadcastChannel('courtside.read') : null,
  replay: eventReplay,
  session,
  settings: { read: readSetting, write: writeSetting },
  written: new WrittenStore(),
};
