// What stores use, without a browser and a server.
import { ApiError } from '../../../gateway/web/api/client.js';
import { Connection } from '../../../gateway/web/live/connection.js';
import { EventReplay } from '../../../gateway/web/live/event-replay.js';
import { EventsSocket } from '../../../gateway/web/live/events-socket.js';
import { WrittenStore } from '../../../gateway/web/live/written-store.js';
import { fakePage, fakeWebSockets } from './fake-socket.js';
import { ManualClock, settled } from './manual-clock.js';

export const OWN_ID = 'me';
export const offline = () => new ApiError(0, 'The server is unreachable.', { code: 'offline' });

/** An API whose calls are answered by functions, by method and path without the query. */
export class FakeApi {
  calls = [];
  answers = {};

  /** Sets the answer of a route: data, or a function from the body that returns or throws. */
  on(route, answer) {
    this.answers[route] = typeof answer === 'function' ? answer : () => answer;
    return this;
  }

  get = (path) => this.#call('GET', path);
  post = (path, body) => this.#call('POST', path, body);
  put = (path, body) => this.#call('PUT', path, body);
  patch = (path, body) => this.#call('PATCH', path, body);
  remove = (path) => this.#call('DELETE', path);
  accessToken = async () => 'token';

  /** The calls of a route, as bodies or, where there are none, as paths. */
  callsOf(route) {
    return this.calls.filter((call) => call.route === route).map(({ path, body }) => body ?? path);
  }

  async #call(method, path, body) {
    const route = `${method} ${path.split('?')[0]}`;
    this.calls.push({ route, path, body });
    const answer = this.answers[route];
    if (!answer) throw new Error(`unexpected: ${route}`);
    const data = await answer(body, path);
    return data?.meta ? data : { data, meta: { next: null } };
  }
}

/** An environment, and the server's end of its socket once `connect` has been awaited. */
export function storeEnvironment() {
  const [api, clock, page, replay, WebSocket] = [
    new FakeApi(),
    new ManualClock(),
    fakePage(),
    new EventReplay(),
    fakeWebSockets(),
  ];
  const connection = new Connection({ clock, page });
  const events = new EventsSocket({ api, clock, connection, page, replay, WebSocket });
  const profile = { id: OWN_ID, username: 'ada' };
  const [stored, settings] = [new Map(), new Map()];
  const storage = {
    getItem: (name) => stored.get(name) ?? null,
    setItem: (name, value) => stored.set(name, value),
    removeItem: (name) => stored.delete(name),
  };
  return {
    api,
    clock,
    connection,
    events,
    page,
    readTabs: Object.assign(new EventTarget(), { sent: [], postMessage: (message) => settings.set('read', message) }),
    replay,
    session: { profile, ownProfile: profile, signedIn: true },
    settings: { read: (name) => settings.get(name) ?? null, write: (name, value) => settings.set(name, value) },
    stored,
    written: new WrittenStore(() => storage),
    WebSocket,
    /** Opens the events socket; returns the server's end of it. */
    async connect(greeting = {}) {
      events.start();
      await settled();
      await WebSocket.last.greet({}, { unread: { chats: [], notifications: { total: 0 } }, ...greeting });
      return WebSocket.last;
    },
  };
}

/** A promise with the functions that settle it. */
export function deferred() {
  const result = {};
  result.promise = new Promise((resolve, reject) => Object.assign(result, { resolve, reject }));
  return result;
}
