// @ts-check
// The HTTP client: unwraps the response envelope, keeps the access token in memory, and renews it
// with the refresh cookie, which scripts cannot read.

import { systemClock } from './clock.js';

/**
 * @import { Clock } from './clock.js'
 * @import { BodyOf, Method, ResponseOf } from './routes.js'
 * @import { ErrorBody, RefreshedTokens } from './types.js'
 */

/**
 * @typedef {object} CallOptions
 * @property {AbortSignal | null} [signal] Aborts the call.
 * @property {Blob} [upload] A file that is sent as the body.
 * @property {'cookie' | 'token'} [credential] What the call proves the session with: both, if left out.
 */
/** @typedef {CallOptions & { body?: unknown }} RequestOptions */
/** @typedef {Partial<Pick<ErrorBody, 'code' | 'fields' | 'request_id'>> & { match_id?: string | null }} ErrorDetails */

const BASE = '/api/v1';
/** Renew a token this long before it expires, so that no request is refused for it. */
const RENEWAL_MARGIN = 20_000;
const REQUEST_TIMEOUT = 30_000;
/** Error codes that a fresh access token may resolve. */
const TOKEN_ERRORS = ['auth.token_expired', 'auth.token_invalid', 'auth.session_ended', 'auth.not_signed_in'];
/** A tab that is closed during a logout does not report its end. */
const MAX_LOGOUT = 5_000;

/** An error response. Without any response, `status` is 0 and `code` is `offline`. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} message
   * @param {ErrorDetails} [error]
   * @param {number} [retryAfter]
   */
  constructor(status, message, error = {}, retryAfter = 0) {
    super(message);
    this.status = status;
    this.code = error.code ?? 'unknown';
    /** What is wrong with each field. */
    this.fields = error.fields ?? {};
    this.requestId = error.request_id ?? null;
    /** The match that keeps the user from another one. */
    this.matchId = error.match_id ?? null;
    /** Seconds until another attempt may succeed. */
    this.retryAfter = retryAfter;
  }

  /** Whether no response came. */
  get isOffline() {
    return this.code === 'offline';
  }

  /** Whether the session has ended, or is not allowed to do this. */
  get isRefusal() {
    return this.status === 401 || this.status === 403;
  }
}

/** The error of a call without a response. */
export const offlineError = () => new ApiError(0, 'The server is unreachable.', { code: 'offline' });

/** Calls the server on behalf of the session of this browser. */
export class ApiClient {
  #fetch;
  #clock;
  #locks;
  /** @type {string | null} */
  #token = null;
  #renewAt = 0;
  /** @type {Promise<RefreshedTokens> | null} */
  #renewal = null;
  /** While a logout is under way: resolves when it is over. The server closes sockets meanwhile.
   * @type {Promise<void> | null} */
  #logout = null;
  /** @type {() => void} */
  #onSessionLost = () => {};

  /** @param {{ fetch?: typeof fetch, clock?: Clock, locks?: Pick<LockManager, 'request'> }} [environment] */
  constructor({ fetch = (...args) => globalThis.fetch(...args), clock = systemClock, locks } = {}) {
    this.#fetch = fetch;
    this.#clock = clock;
    this.#locks = locks ?? globalThis.navigator?.locks;
  }

  /**
   * @template {string} P
   * @param {P} path
   * @param {CallOptions} [options]
   * @returns {Promise<ResponseOf<'GET', P>>}
   */
  get(path, options) {
    return this.#call('GET', path, options);
  }

  /**
   * @template {string} P
   * @param {P} path
   * @param {BodyOf<'POST', P>} [body]
   * @param {CallOptions} [options]
   * @returns {Promise<ResponseOf<'POST', P>>}
   */
  post(path, body, options) {
    return this.#call('POST', path, { body, ...options });
  }

  /**
   * @template {string} P
   * @param {P} path
   * @param {BodyOf<'PUT', P>} [body]
   * @param {CallOptions} [options]
   * @returns {Promise<ResponseOf<'PUT', P>>}
   */
  put(path, body, options) {
    return this.#call('PUT', path, { body, ...options });
  }

  /**
   * @template {string} P
   * @param {P} path
   * @param {BodyOf<'PATCH', P>} body
   * @returns {Promise<ResponseOf<'PATCH', P>>}
   */
  patch(path, body) {
    return this.#call('PATCH', path, { body });
  }

  /**
   * @template {string} P
   * @param {P} path
   * @param {BodyOf<'DELETE', P>} [body]
   * @returns {Promise<ResponseOf<'DELETE', P>>}
   */
  remove(path, body) {
    return this.#call('DELETE', path, { body });
  }

  /**
   * Downloads a file that needs authentication.
   * @param {string} path
   */
  async getFile(path) {
    return (await this.#request('GET', path, {})).blob();
  }

  /**
   * Sets the access token, or clears it with null.
   * @param {string | null} token
   */
  setAccessToken(token) {
    this.#token = token;
    this.#renewAt = token ? this.#clock.now() + tokenLifetime(token) - RENEWAL_MARGIN : 0;
  }

  /** Notes that a logout has begun, here or in another tab. Returns a function that notes its end. */
  beginLogout() {
    /** @type {() => void} */
    let end = () => {};
    this.#logout = new Promise((resolve) => {
      end = resolve;
    });
    this.#clock.setTimeout(end, MAX_LOGOUT);
    return end;
  }

  /**
   * Sets the callback for a session that turns out to have ended on the server.
   * @param {() => void} callback
   */
  onSessionLost(callback) {
    this.#onSessionLost = callback;
  }

  /** An access token that is valid long enough to open a socket; `renewed` forces a new one. */
  async accessToken({ renewed = false } = {}) {
    if (this.#logout) {
      await this.#logout;
      if (!this.#token) throw new ApiError(401, 'The session has ended.', { code: 'auth.session_ended' });
    }
    if (renewed || this.#clock.now() >= this.#renewAt) await this.#renewOrEndSession();
    return this.#token;
  }

  /**
   * Renews the access token. Concurrent calls share one renewal, also across tabs. The response has the user's
   * profile if `withProfile` is set and no other renewal was under way.
   */
  renewToken({ withProfile = false } = {}) {
    this.#renewal ??= this.#withTabLock(() => this.#exchangeCookie(withProfile)).finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  /**
   * Calls a route and returns the response envelope: `{ data, message, meta }`.
   * @param {Method} method
   * @param {string} path
   * @param {RequestOptions} [options]
   */
  async #call(method, path, options = {}) {
    return parse(await this.#request(method, path, options));
  }

  /**
   * @param {Method} method
   * @param {string} path
   * @param {RequestOptions} options
   */
  async #request(method, path, options) {
    if (this.#token && this.#clock.now() >= this.#renewAt) await this.#renewOrEndSession();
    const usedToken = this.#token;
    const response = await this.#send(method, path, options);
    if (response.ok) return response;
    const error = await toApiError(response);
    if (!usedToken || error.status !== 401 || !TOKEN_ERRORS.includes(error.code)) throw error;
    if (this.#token === usedToken) await this.#renewOrEndSession();
    const retried = await this.#send(method, path, options);
    if (retried.ok) return retried;
    throw await toApiError(retried);
  }

  async #renewOrEndSession() {
    try {
      await this.renewToken();
    } catch (error) {
      if (error instanceof ApiError && error.isRefusal) {
        this.setAccessToken(null);
        this.#onSessionLost();
      }
      throw error;
    }
  }

  /**
   * @param {boolean} withProfile
   * @returns {Promise<RefreshedTokens>}
   */
  async #exchangeCookie(withProfile) {
    const path = `/token/refresh/${withProfile ? '?profile=true' : ''}`;
    const response = await this.#send('POST', path, { body: {}, credential: 'cookie' });
    if (!response.ok) throw await toApiError(response);
    /** @type {RefreshedTokens} */
    const renewed = await parse(response);
    this.setAccessToken(renewed.access);
    return renewed;
  }

  /**
   * Serializes work across tabs where Web Locks exist; the server tolerates a race elsewhere.
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async #withTabLock(work) {
    return this.#locks ? this.#locks.request('courtside.renew', work) : work();
  }

  /**
   * Sends a request with the access token and the cookie, or with the one named by `credential`.
   * @param {Method} method
   * @param {string} path
   * @param {RequestOptions} options
   */
  async #send(method, path, { body, upload, signal, credential }) {
    /** @type {Record<string, string>} */
    const headers = { accept: 'application/json' };
    if (this.#token && credential !== 'cookie') headers.authorization = `Bearer ${this.#token}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (upload) headers['content-type'] = upload.type || 'application/octet-stream';
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT);
    try {
      return await this.#fetch(path.startsWith('/api/') ? path : BASE + path, {
        method,
        headers,
        body: upload ?? (body === undefined ? null : JSON.stringify(body)),
        signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
        credentials: credential === 'token' ? 'omit' : 'same-origin',
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw offlineError();
    }
  }
}

/** @param {Response} response */
async function parse(response) {
  try {
    return await response.json();
  } catch {
    throw new ApiError(0, 'The response was cut off.', { code: 'offline' });
  }
}

/** @param {Response} response */
async function toApiError(response) {
  const retryAfter = Number(response.headers.get('retry-after')) || 0;
  try {
    const { message, error } = await response.json();
    return new ApiError(response.status, message, error, retryAfter);
  } catch {
    return new ApiError(response.status, 'Unexpected response from the server.', {}, retryAfter);
  }
}

/**
 * How long a token is valid. Uses only its own timestamps, as this device's clock may be wrong.
 * @param {string} token
 */
function tokenLifetime(token) {
  try {
    const [, payload = ''] = token.split('.');
    const { iat, exp } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return (exp - iat) * 1000;
  } catch {
    return Infinity;
  }
}

/** The client of this page. */
export const api = new ApiClient();
