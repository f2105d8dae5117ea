// A server's end of sockets, and the page they live in.
import { settled } from './manual-clock.js';

/** A class of sockets that are opened to nowhere; `FakeWebSocket.all` holds them in order. */
export function fakeWebSockets() {
  return class FakeWebSocket extends EventTarget {
    static OPEN = 1;
    static all = [];
    static get last() {
      return this.all.at(-1);
    }
    readyState = 0;
    sent = [];

    constructor(url, protocols) {
      super();
      [this.url, this.protocols] = [String(url), protocols];
      FakeWebSocket.all.push(this);
    }

    send(text) {
      this.sent.push(JSON.parse(text));
    }

    close() {
      this.readyState = 3;
    }

    /** Opens, and greets with these streams. */
    async greet(streams = {}, data = {}) {
      this.readyState = 1;
      await this.receive('hello', { streams, server_time: '2026-01-31T12:00:00Z', ...data });
    }

    /** Lets a frame arrive. */
    async receive(action, data, position = {}) {
      await this.receiveRaw(JSON.stringify({ action, data, ...position }));
    }

    async receiveRaw(data) {
      this.dispatchEvent(new MessageEvent('message', { data }));
      await settled();
    }

    /** Confirms, or refuses, the last action of this name. */
    async answer(action, error = null) {
      const { cid } = this.lastSent(action);
      await (error ? this.receive('error', { cid, ...error }) : this.receive('ack', { cid }));
    }

    lastSent(action) {
      return this.sent.findLast((frame) => frame.action === action);
    }

    /** Ends from the server's side. */
    async end(code, reason = '') {
      this.readyState = 3;
      this.dispatchEvent(Object.assign(new Event('close'), { code, reason }));
      await settled();
    }
  };
}

/** A page that is visible. */
export const fakePage = () =>
  Object.assign(new EventTarget(), {
    document: { visibilityState: 'visible' },
    location: { href: 'https://courtside.example/chats' },
  });
