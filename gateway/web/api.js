// Speaking with the server: one envelope for answers and refusals, the access token in memory, and
// its renewal through the refresh cookie, which scripts cannot read.

const BASE = '/api/v1';
/** A token is renewed this long before it ends, so that calls are not refused for it. */
const MARGIN = 20_000;
const PATIENCE = 30_000;
/** Refusals that a fresh access token may cure. */
const STALE = ['auth.token_expired', 'auth.token_invalid', 'auth.session_ended', 'auth.not_signed_in'];

let access = null;
let renewAt = 0;
let renewing = null;
let lost = () => {};

/** An answer that is not the one hoped for. Without any answer, its code is `offline`. */
export class Refusal extends Error {
  constructor(status, message, error = {}, retryAfter = 0) {
    super(message);
    this.status = status;
    this.code = error.code ?? 'unknown';
    this.fields = error.fields ?? {};
    this.requestId = error.request_id;
    this.retryAfter = retryAfter;
  }
}

/** Takes the access token of a login, or forgets it with null. */
export function useToken(token) {
  access = token;
  renewAt = token ? Date.now() + lifetime(token) - MARGIN : 0;
}

/** Says what to do when the session turns out to be over. */
export function whenLost(listener) {
  lost = listener;
}

export const get = (path, options) => call('GET', path, options);
export const post = (path, body, options) => call('POST', path, { body, ...options });
export const put = (path, body) => call('PUT', path, { body });
export const patch = (path, body) => call('PATCH', path, { body });
export const remove = (path, body) => call('DELETE', path, { body });

/** Calls a route and gives the envelope of its answer: `{ data, message, meta }`. */
export async function call(method, path, options = {}) {
  return read(await request(method, path, options));
}

/** Gets a file that only the signed-in may have. */
export async function file(path) {
  return (await request('GET', path, {})).blob();
}

/** The access token for a socket, fresh enough to open one; `anew` where the last was refused. */
export async function token({ anew = false } = {}) {
  if (anew || Date.now() >= renewAt) await renewOrLose();
  return access;
}

/** Renews the access token; calls at the same time share one renewal, also across tabs. */
export function renew() {
  renewing ??= locked(spendCookie).finally(() => {
    renewing = null;
  });
  return renewing;
}

async function request(method, path, options) {
  if (access && Date.now() >= renewAt) await renewOrLose();
  const carried = access;
  const response = await send(method, path, options);
  if (response.ok) return response;
  const refusal = await refusalOf(response);
  if (!carried || refusal.status !== 401 || !STALE.includes(refusal.code)) throw refusal;
  if (access === carried) await renewOrLose();
  const again = await send(method, path, options);
  if (again.ok) return again;
  throw await refusalOf(again);
}

async function renewOrLose() {
  try {
    await renew();
  } catch (error) {
    if (error.status === 401 || error.status === 403) {
      useToken(null);
      lost(error);
    }
    throw error;
  }
}

async function spendCookie() {
  const response = await send('POST', '/token/refresh/', { body: {}, carry: 'cookie' });
  if (!response.ok) throw await refusalOf(response);
  useToken((await read(response)).access);
}

/** Tabs take turns where the browser can arrange it; where not, the server forgives a tie. */
function locked(work) {
  return navigator.locks ? navigator.locks.request('courtside.renew', work) : work();
}

/** Sends one request with the access token and the cookie, or with the one named by `carry`. */
async function send(method, path, { body, upload, signal, carry }) {
  const headers = { accept: 'application/json' };
  if (access && carry !== 'cookie') headers.authorization = `Bearer ${access}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (upload) headers['content-type'] = upload.type || 'application/octet-stream';
  const limits = [AbortSignal.timeout(PATIENCE), signal].filter(Boolean);
  const address = path.startsWith('/api/') ? path : BASE + path;
  try {
    return await fetch(address, {
      method,
      headers,
      body: upload ?? (body === undefined ? undefined : JSON.stringify(body)),
      signal: AbortSignal.any(limits),
      credentials: carry === 'token' ? 'omit' : 'same-origin',
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refusal(0, 'The server cannot be reached.', { code: 'offline' });
  }
}

async function read(response) {
  try {
    return await response.json();
  } catch {
    throw new Refusal(0, 'The answer of the server was cut short.', { code: 'offline' });
  }
}

async function refusalOf(response) {
  const after = Number(response.headers.get('retry-after')) || 0;
  try {
    const { message, error } = await response.json();
    return new Refusal(response.status, message, error, after);
  } catch {
    return new Refusal(response.status, 'The server did not answer as it should.', {}, after);
  }
}

/** How long a token is good for. Its own two times are compared, as our clock may be wrong. */
function lifetime(token) {
  try {
    const [, payload] = token.split('.');
    const { iat, exp } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return (exp - iat) * 1000;
  } catch {
    return Infinity;
  }
}
