// Calls of the HTTP client: tokens, errors, aborts.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ApiClient, ApiError } from '../../gateway/web/api/client.js';
import { ManualClock, settled } from './support/manual-clock.js';
import { deferred } from './support/store-environment.js';

const MINUTE = 60_000;
const json = (status, body, headers = {}) => new Response(JSON.stringify(body), { status, headers });
const success = (data) => json(200, { success: true, data });
const refusal = (status, code, more = {}) => json(status, { message: `Refused: ${code}.`, error: { code, ...more } });

/** A token that is valid for ten minutes. */
const token = (name) => `${name}.${btoa(JSON.stringify({ iat: 0, exp: 600 }))}.signature`;

/** A client whose requests are answered by `answer`, with the requests so far. */
function setUp(answer) {
  const clock = new ManualClock();
  const requests = [];
  const fetch = async (url, init) => {
    const request = { url, ...init };
    requests.push(request);
    return answer(request, requests.length);
  };
  return { api: new ApiClient({ fetch, clock, locks: null }), clock, requests };
}

const isRenewal = ({ url }) => url === '/api/v1/token/refresh/';
const tokenOf = ({ headers }) => headers.authorization?.replace('Bearer ', '') ?? null;

test('a call sends the token and JSON, and unwraps the envelope', async () => {
  const { api, requests } = setUp(() => success({ id: 1 }));
  api.setAccessToken(token('a'));
  assert.deepEqual((await api.post('/blocks/', { username: 'ada' })).data, { id: 1 });
  const [{ url, method, headers, body, credentials }] = requests;
  assert.deepEqual([url, method, body, credentials], ['/api/v1/blocks/', 'POST', '{"username":"ada"}', 'same-origin']);
  assert.equal(headers['content-type'], 'application/json');
  assert.equal(tokenOf(requests[0]), token('a'));
});

test('an upload is sent as it is, with its own type', async () => {
  const { api, requests } = setUp(() => success({}));
  const upload = new Blob(['x'], { type: 'image/png' });
  await api.post('/users/profile/avatar/', undefined, { upload });
  assert.equal(requests[0].body, upload);
  assert.equal(requests[0].headers['content-type'], 'image/png');
});

test('a call names the credential that it proves the session with', async () => {
  const { api, requests } = setUp(() => success({}));
  api.setAccessToken(token('a'));
  await api.post('/auth/logout/', {}, { credential: 'cookie' });
  await api.post('/auth/logout/', {}, { credential: 'token' });
  assert.deepEqual(
    requests.map((request) => [tokenOf(request), request.credentials]),
    [
      [null, 'same-origin'],
      [token('a'), 'omit'],
    ],
  );
});

test('a refusal is thrown with its code, fields, match and wait', async () => {
  const details = { fields: { username: ['is taken'] }, request_id: 'r1', match_id: 'm1' };
  const { api } = setUp(() =>
    json(429, { message: 'Slow down.', error: { code: 'too_many_requests', ...details } }, { 'retry-after': '7' }),
  );
  const error = await api.get('/friends/').catch((thrown) => thrown);
  assert.ok(error instanceof ApiError);
  assert.deepEqual(
    [error.status, error.message, error.code, error.retryAfter],
    [429, 'Slow down.', 'too_many_requests', 7],
  );
  assert.deepEqual([error.fields, error.requestId, error.matchId], [details.fields, 'r1', 'm1']);
});

test('a server that does not answer, or not to the end, is offline', async () => {
  const answers = [() => Promise.reject(new TypeError('Failed to fetch')), () => new Response('{"success":true,"da')];
  const { api } = setUp((_, count) => answers[count - 1]());
  for (const _ of answers) {
    const error = await api.get('/friends/').catch((thrown) => thrown);
    assert.deepEqual([error.status, error.code, error.isOffline], [0, 'offline', true]);
  }
});

test('a proxy that answers with a page is an error with its status', async () => {
  const { api } = setUp(() => new Response('<h1>Bad gateway</h1>', { status: 502 }));
  await assert.rejects(api.get('/friends/'), { status: 502, code: 'unknown' });
});

test('an aborted call rejects as aborted, not as offline', async () => {
  const { api } = setUp(
    ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  );
  const controller = new AbortController();
  const call = api.get('/friends/', { signal: controller.signal });
  await settled();
  controller.abort();
  await assert.rejects(call, { name: 'AbortError' });
});

test('a refused token is renewed once for many calls, which are sent again', async () => {
  const { api, requests } = setUp(async (request) => {
    if (isRenewal(request)) return json(200, { success: true, access: token('new') });
    return tokenOf(request) === token('new') ? success({}) : refusal(401, 'auth.token_expired');
  });
  api.setAccessToken(token('old'));
  await Promise.all([api.get('/friends/'), api.get('/blocks/'), api.get('/home/')]);
  assert.equal(requests.filter(isRenewal).length, 1);
  assert.equal(requests.filter((request) => tokenOf(request) === token('new')).length, 3);
});

test('a call that was refused for a token that has since been renewed takes the new one', async () => {
  const slow = deferred();
  const { api, requests } = setUp(async (request) => {
    if (isRenewal(request)) return json(200, { success: true, access: token('new') });
    if (tokenOf(request) === token('new')) return success({});
    if (request.url.endsWith('/home/')) await slow.promise;
    return refusal(401, 'auth.token_expired');
  });
  api.setAccessToken(token('old'));
  const late = api.get('/home/');
  await api.get('/friends/');
  slow.resolve();
  await late;
  assert.equal(requests.filter(isRenewal).length, 1);
});

test('a token is renewed before it expires', async () => {
  const { api, clock, requests } = setUp((request) =>
    isRenewal(request) ? json(200, { success: true, access: token('new') }) : success({}),
  );
  api.setAccessToken(token('old'));
  await clock.advance(9 * MINUTE);
  await api.get('/friends/');
  assert.equal(requests.filter(isRenewal).length, 0);
  await clock.advance(MINUTE);
  await api.get('/friends/');
  assert.deepEqual(requests.slice(1).map(tokenOf), [null, token('new')]);
});

test('a session that cannot be renewed is reported as lost', async () => {
  const { api, clock } = setUp(() => refusal(401, 'auth.refresh_invalid'));
  let lost = 0;
  api.onSessionLost(() => (lost += 1));
  api.setAccessToken(token('old'));
  await clock.advance(10 * MINUTE);
  await assert.rejects(api.get('/friends/'), { status: 401 });
  assert.equal(lost, 1);
});

test('an unreachable server does not end the session', async () => {
  const { api, clock } = setUp(() => Promise.reject(new TypeError('Failed to fetch')));
  api.onSessionLost(() => assert.fail('the session has been given up'));
  api.setAccessToken(token('old'));
  await clock.advance(10 * MINUTE);
  await assert.rejects(api.get('/friends/'), { code: 'offline' });
});

test('other refusals do not renew the token', async () => {
  const { api, requests } = setUp(() => refusal(401, 'auth.password_incorrect'));
  api.setAccessToken(token('a'));
  await assert.rejects(api.post('/auth/step-up/', { password: 'x' }), { code: 'auth.password_incorrect' });
  assert.equal(requests.length, 1);
});

test('during a logout no socket gets a token, and none after it', async () => {
  const { api } = setUp(() => assert.fail('nothing is asked of the server'));
  api.setAccessToken(token('a'));
  const end = api.beginLogout();
  const asked = api.accessToken({ renewed: true });
  api.setAccessToken(null);
  end();
  await assert.rejects(asked, { status: 401 });
});

test('a logout whose end is never reported does not keep sockets waiting', async () => {
  const { api, clock } = setUp(() => assert.fail('nothing is asked of the server'));
  api.setAccessToken(token('a'));
  api.beginLogout();
  const asked = api.accessToken();
  await clock.advance(5_000);
  assert.equal(await asked, token('a'));
});
