// The HTTP client: unwraps the response envelope, keeps the access token in memory, and renews it
// with the refresh cookie, which scripts cannot read.

const BASE = '/api/v1';
/** Renew a token this long before it expires, so that no request is refused for it. */
const RENEWAL_MARGIN = 20_000;
const REQUEST_TIMEOUT = 30_000;
/** Error codes that a fresh access token may resolve. */
const TOKEN_ERRORS = ['auth.token_expired', 'auth.token_invalid', 'auth.session_ended', 'auth.not_signed_in'];

let access = null;
let renewAt = 0;
let pendingRenewal = null;
let onLost = () => {};
/** While a logout is under way: resolves when it is over. The server closes sockets meanwhile. */
let logout = null;
/** A tab that is closed during a logout does not report its end. */
const MAX_LOGOUT = 5_000;

/** An error response. Without any response, `status` is 0 and `code` is `offline`. */
export class ApiError extends Error {
  constructor(status, message, error = {}, retryAfter = 0) {
    super(message);
    this.status = status;
    this.code = error.code ?? 'unknown';
    this.fields = error.fields ?? {};
    this.requestId = error.request_id;
    /** The match that keeps the user from another one. */
    this.matchId = error.match_id ?? null;
    this.retryAfter = retryAfter;
  }
}

/** Sets the access token, or clears it with null. */
export function setAccessToken(token) {
  access = token;
  renewAt = token ? Date.now() + tokenLifetime(token) - RENEWAL_MARGIN : 0;
}

/** Notes that a logout has begun, here or in another tab. Returns a function that notes its end. */
export function beginLogout() {
  const { promise, resolve } = Promise.withResolvers();
  logout = promise;
  setTimeout(resolve, MAX_LOGOUT);
  return resolve;
}

/** Sets the callback for a session that turns out to have ended on the server. */
export function onSessionLost(callback) {
  onLost = callback;
}

export const get = (path, options) => call('GET', path, options);
export const post = (path, body, options) => call('POST', path, { body, ...options });
export const put = (path, body, options) => call('PUT', path, { body, ...options });
export const patch = (path, body) => call('PATCH', path, { body });
export const remove = (path, body) => call('DELETE', path, { body });

/** Downloads a file that needs authentication. */
export async function getFile(path) {
  return (await request('GET', path, {})).blob();
}

/** An access token that is valid long enough to open a socket; `renewed` forces a new one. */
export async function accessToken({ renewed = false } = {}) {
  if (logout) {
    await logout;
    if (!access) throw new ApiError(401, 'The session has ended.', { code: 'auth.session_ended' });
  }
  if (renewed || Date.now() >= renewAt) await renewOrEndSession();
  return access;
}

/** Renews the access token. Concurrent calls share one renewal, also across tabs. */
export function renewToken() {
  pendingRenewal ??= withTabLock(exchangeCookie).finally(() => {
    pendingRenewal = null;
  });
  return pendingRenewal;
}

/** Calls a route and returns the response envelope: `{ data, message, meta }`. */
async function call(method, path, options = {}) {
  return parse(await request(method, path, options));
}

async function request(method, path, options) {
  if (access && Date.now() >= renewAt) await renewOrEndSession();
  const usedToken = access;
  const response = await send(method, path, options);
  if (response.ok) return response;
  const error = await toApiError(response);
  if (!usedToken || error.status !== 401 || !TOKEN_ERRORS.includes(error.code)) throw error;
  if (access === usedToken) await renewOrEndSession();
  const retried = await send(method, path, options);
  if (retried.ok) return retried;
  throw await toApiError(retried);
}

async function renewOrEndSession() {
  try {
    await renewToken();
  } catch (error) {
    if (error.status === 401 || error.status === 403) {
      setAccessToken(null);
      onLost(error);
    }
    throw error;
  }
}

async function exchangeCookie() {
  const response = await send('POST', '/token/refresh/', { body: {}, credential: 'cookie' });
  if (!response.ok) throw await toApiError(response);
  setAccessToken((await parse(response)).access);
}

/** Serializes work across tabs where Web Locks exist; the server tolerates a race elsewhere. */
function withTabLock(work) {
  return navigator.locks ? navigator.locks.request('courtside.renew', work) : work();
}

/** Sends a request with the access token and the cookie, or with the one named by `credential`. */
async function send(method, path, { body, upload, signal, credential }) {
  const headers = { accept: 'application/json' };
  if (access && credential !== 'cookie') headers.authorization = `Bearer ${access}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (upload) headers['content-type'] = upload.type || 'application/octet-stream';
  const signals = [AbortSignal.timeout(REQUEST_TIMEOUT), signal].filter(Boolean);
  const url = path.startsWith('/api/') ? path : BASE + path;
  try {
    return await fetch(url, {
      method,
      headers,
      body: upload ?? (body === undefined ? undefined : JSON.stringify(body)),
      signal: AbortSignal.any(signals),
      credentials: credential === 'token' ? 'omit' : 'same-origin',
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'The server is unreachable.', { code: 'offline' });
  }
}

async function parse(response) {
  try {
    return await response.json();
  } catch {
    throw new ApiError(0, 'The response was cut off.', { code: 'offline' });
  }
}

async function toApiError(response) {
  const retryAfter = Number(response.headers.get('retry-after')) || 0;
  try {
    const { message, error } = await response.json();
    return new ApiError(response.status, message, error, retryAfter);
  } catch {
    return new ApiError(response.status, 'Unexpected response from the server.', {}, retryAfter);
  }
}

/** How long a token is valid. Uses only its own timestamps, as this device's clock may be wrong. */
function tokenLifetime(token) {
  try {
    const [, payload] = token.split('.');
    const { iat, exp } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return (exp - iat) * 1000;
  } catch {
    return Infinity;
  }
}
