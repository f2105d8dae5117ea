// @ts-check
// Who is signed in, in this tab and in the others.

import { onAbort } from '../live/abort.js';
import { connection } from '../live/connection.js';
import { api, ApiError } from './client.js';
import { readSetting, writeSetting } from './storage.js';

/**
 * @import { Connection } from '../live/connection.js'
 * @import { ApiClient } from './client.js'
 * @import { Profile } from './types.js'
 */

/**
 * `starting`, then `signed-in`, `signed-out`, or `unknown` while the server is unreachable.
 * @typedef {'starting' | 'signed-in' | 'signed-out' | 'unknown'} SessionStatus
 */
/** @typedef {{ status: SessionStatus, profile: Profile | null }} SessionState */
/** @typedef {(current: SessionState, previous: SessionState) => void} SessionListener */
/** @typedef {'signed-in' | 'signed-out' | 'profile-changed' | 'logout-begun' | 'logout-failed'} TabMessage */
/** @typedef {Pick<BroadcastChannel, 'postMessage' | 'addEventListener'>} Tabs */
/** @typedef {{ read: typeof readSetting, write: typeof writeSetting }} Settings */

export class Session {
  #api;
  #connection;
  #settings;
  #tabs;
  /** @type {SessionState} */
  #state = { status: 'starting', profile: null };
  /** Notes the end of a logout in another tab. */
  #endForeignLogout = () => {};
  /** Whether the session waits for the server, which is unreachable. */
  #isWaiting = false;
  /** @type {Set<SessionListener>} */
  #listeners = new Set();

  /**
   * @param {object} environment
   * @param {ApiClient} environment.api
   * @param {Pick<Connection, 'restored'>} environment.connection
   * @param {Tabs | null} [environment.tabs] The other tabs of this browser.
   * @param {Settings} [environment.settings]
   */
  constructor({ api, connection, tabs = null, settings = { read: readSetting, write: writeSetting } }) {
    this.#api = api;
    this.#connection = connection;
    this.#tabs = tabs;
    this.#settings = settings;
    api.onSessionLost(() => this.end());
    tabs?.addEventListener('message', ({ data }) => this.#onTabMessage(data));
  }

  get status() {
    return this.#state.status;
  }

  /** The user's own profile, if somebody is signed in. */
  get profile() {
    return this.#state.profile;
  }

  /** The user's own profile, where only those who are signed in get to. */
  get ownProfile() {
    if (!this.#state.profile) throw new ApiError(401, 'The session has ended.', { code: 'auth.session_ended' });
    return this.#state.profile;
  }

  get signedIn() {
    return this.#state.status === 'signed-in';
  }

  /**
   * Calls back with the current and the previous state after each change, until the abort signal fires.
   * @param {SessionListener} listener
   * @param {AbortSignal | null} [signal]
   */
  onChange(listener, signal = null) {
    if (signal?.aborted) return;
    this.#listeners.add(listener);
    onAbort(signal, () => this.#listeners.delete(listener));
  }

  /** Restores the session at startup from the refresh cookie. */
  async restore() {
    // Without this flag, every first visit would log a 401 for a cookie that was never set.
    if (!this.#settings.read('signed-in')) return this.#setState('signed-out');
    return this.#refresh();
  }

  /**
   * Starts the session with the response of a completed login.
   * @param {{ access: string, profile: Profile }} login
   */
  completeLogin({ access, profile }) {
    this.#api.setAccessToken(access);
    this.#setState('signed-in', profile);
    this.#notifyTabs('signed-in');
  }

  /** Logs out on this device. */
  signOut() {
    return this.endBy(() => this.#endOnServer());
  }

  /** Logs out on every device. */
  signOutEverywhere() {
    return this.endBy(() => this.#api.post('/auth/logout-all/', {}));
  }

  /**
   * Ends the session by a call. The sockets of no tab ask for a new token when the server closes them meanwhile.
   * @param {() => Promise<unknown>} run
   */
  async endBy(run) {
    const finish = this.#api.beginLogout();
    this.#notifyTabs('logout-begun');
    try {
      await run();
      this.end();
    } catch (error) {
      this.#notifyTabs('logout-failed');
      throw error;
    } finally {
      finish();
    }
  }

  /** Ends the session in all tabs after it ended on the server. */
  end() {
    this.#clear();
    this.#notifyTabs('signed-out');
  }

  /** Reloads the user's own profile. */
  async reloadProfile() {
    const { data } = await this.#api.get('/users/profile/');
    this.#setState('signed-in', data);
    return data;
  }

  /**
   * Merges a profile from a response, or parts of one, into the session.
   * @param {Partial<Profile>} parts
   */
  updateProfile(parts) {
    this.#setState('signed-in', { ...this.ownProfile, ...parts });
    this.#notifyTabs('profile-changed');
  }

  async #refresh() {
    try {
      const { profile } = await this.#api.renewToken({ withProfile: true });
      if (profile) this.#setState('signed-in', profile);
      else await this.reloadProfile();
    } catch (error) {
      if (error instanceof ApiError && error.isRefusal) this.#clear();
      else this.#waitForServer();
    }
  }

  /** Restores the session as soon as the server is reachable. */
  #waitForServer() {
    this.#setState('unknown');
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#connection.restored().then(() => {
      this.#isWaiting = false;
      if (this.status === 'unknown') this.#refresh();
    });
  }

  async #endOnServer() {
    try {
      await this.#api.post('/auth/logout/', {});
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 'auth.ambiguous_credentials')) throw error;
      // The cookie belongs to a later login in another tab. End both sessions, this tab's last: ending
      // it closes its sockets, which would ask for another token.
      await this.#api.post('/auth/logout/', {}, { credential: 'cookie' });
      await this.#api.post('/auth/logout/', {}, { credential: 'token' });
    }
  }

  #clear() {
    this.#api.setAccessToken(null);
    this.#setState('signed-out');
  }

  /**
   * @param {SessionStatus} status
   * @param {Profile | null} [profile]
   */
  #setState(status, profile = null) {
    const previous = this.#state;
    this.#state = { status, profile };
    if (status === 'signed-in') this.#settings.write('signed-in', 'yes');
    if (status === 'signed-out') this.#settings.write('signed-in', null);
    for (const listener of [...this.#listeners]) listener(this.#state, previous);
  }

  /** @param {TabMessage} message */
  #notifyTabs(message) {
    this.#tabs?.postMessage(message);
  }

  /** @param {TabMessage} message */
  #onTabMessage(message) {
    if (message === 'logout-begun') {
      this.#endForeignLogout = this.#api.beginLogout();
      return;
    }
    if (message === 'signed-out') this.#clear();
    if (message === 'signed-out' || message === 'logout-failed') this.#endForeignLogout();
    // Storage may lag behind this message, so the flag is not checked here.
    else if (message === 'signed-in') this.#refresh();
    // The next request reports an error, if there is one.
    else if (this.signedIn) this.reloadProfile().catch(() => {});
  }
}

/** The session of this browser. */
export const session = new Session({
  api,
  connection,
  tabs: globalThis.window ? new BroadcastChannel('courtside') : null,
});
