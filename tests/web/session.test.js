// Who is signed in, in one tab and in two.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ApiError } from '../../gateway/web/api/client.js';
import { Session } from '../../gateway/web/api/session.js';
import { settled } from './support/manual-clock.js';

const ADA = { id: '1', username: 'ada', display_name: 'Ada', theme: 'dark' };
const ENDED = new ApiError(401, 'The session has ended.', { code: 'auth.session_ended' });
const OFFLINE = new ApiError(0, 'The server is unreachable.', { code: 'offline' });

/** An API that renews tokens and knows a profile; `fail` makes calls throw. */
class FakeApi {
  calls = [];
  token = null;
  profile = ADA;
  logouts = 0;
  /** What the calls throw, by name. */
  fail = {};

  setAccessToken(token) {
    this.token = token;
  }
  onSessionLost(callback) {
    this.loseSession = callback;
  }
  beginLogout() {
    this.logouts += 1;
    return () => (this.logouts -= 1);
  }
  /** What a renewal brings besides the token. */
  renewed = {};
  async renewToken() {
    this.#note('renew');
    this.token = 'renewed';
    return { access: this.token, ...this.renewed };
  }
  async get(path) {
    this.#note(path);
    return { data: this.profile };
  }
  async post(path, body, options) {
    this.#note(options ? `${path} by ${options.credential}` : path);
  }
  #note(call) {
    this.calls.push(call);
    if (this.fail[call]) throw this.fail[call];
  }
}

/** The two ends of what tabs tell each other. */
function linkedTabs() {
  const [first, second] = [new EventTarget(), new EventTarget()];
  const send = (to) => (data) => to.dispatchEvent(new MessageEvent('message', { data }));
  return [Object.assign(first, { postMessage: send(second) }), Object.assign(second, { postMessage: send(first) })];
}

function setUp({ tabs = null, stored = new Map() } = {}) {
  const api = new FakeApi();
  const restorations = [];
  const connection = { restored: () => new Promise((resolve) => restorations.push(resolve)) };
  const settings = {
    read: (name) => stored.get(name) ?? null,
    write: (name, value) => (value === null ? stored.delete(name) : stored.set(name, value)),
  };
  const session = new Session({ api, connection, tabs, settings });
  const statuses = [];
  session.onChange(({ status }) => statuses.push(status));
  return { api, session, stored, statuses, comeBack: () => restorations.splice(0).forEach((resolve) => resolve()) };
}

const login = { access: 'token', profile: ADA };

test('a first visit asks nothing of the server', async () => {
  const { api, session } = setUp();
  await session.restore();
  assert.deepEqual([session.status, api.calls], ['signed-out', []]);
});

test('a session is restored from the cookie after a reload', async () => {
  const { api, session, stored } = setUp();
  session.completeLogin(login);
  const reloaded = setUp({ stored });
  await reloaded.session.restore();
  assert.deepEqual([reloaded.session.status, reloaded.session.ownProfile], ['signed-in', ADA]);
  assert.deepEqual([session.signedIn, api.token], [true, 'token']);
});

test('a profile that comes with the token is not asked for again', async () => {
  const { api, session } = setUp({ stored: new Map([['signed-in', 'yes']]) });
  api.renewed = { profile: ADA };
  await session.restore();
  assert.deepEqual([session.ownProfile, api.calls], [ADA, ['renew']]);
});

test('a session that has ended meanwhile is not restored, nor tried again', async () => {
  const { api, session, stored } = setUp({ stored: new Map([['signed-in', 'yes']]) });
  api.fail.renew = ENDED;
  await session.restore();
  assert.deepEqual([session.status, stored.has('signed-in')], ['signed-out', false]);
});

test('an unreachable server leaves the session unknown, and it is restored later', async () => {
  const { api, session, statuses, comeBack } = setUp({ stored: new Map([['signed-in', 'yes']]) });
  api.fail.renew = OFFLINE;
  await session.restore();
  await session.restore();
  assert.equal(session.status, 'unknown');
  api.fail = {};
  comeBack();
  await settled();
  assert.deepEqual(statuses, ['unknown', 'unknown', 'signed-in']);
  assert.equal(api.calls.filter((call) => call === 'renew').length, 3);
});

test('logging out ends the session, and no socket asks for a token meanwhile', async () => {
  const { api, session } = setUp();
  session.completeLogin(login);
  const ended = session.signOut();
  assert.equal(api.logouts, 1);
  await ended;
  assert.deepEqual([session.status, session.profile, api.token, api.logouts], ['signed-out', null, null, 0]);
  assert.throws(() => session.ownProfile, { status: 401 });
});

test('a logout that fails keeps the session', async () => {
  const { api, session } = setUp();
  session.completeLogin(login);
  api.fail['/auth/logout/'] = OFFLINE;
  await assert.rejects(session.signOut(), { code: 'offline' });
  assert.deepEqual([session.status, api.logouts], ['signed-in', 0]);
});

test('logging out ends both sessions where the cookie is of a later login', async () => {
  const { api, session } = setUp();
  session.completeLogin(login);
  api.fail['/auth/logout/'] = new ApiError(400, 'Ambiguous.', { code: 'auth.ambiguous_credentials' });
  await session.signOut();
  assert.deepEqual(api.calls, ['/auth/logout/', '/auth/logout/ by cookie', '/auth/logout/ by token']);
  assert.equal(session.status, 'signed-out');
});

test('a session that the server has ended ends here', () => {
  const { api, session, statuses } = setUp();
  session.completeLogin(login);
  api.loseSession();
  assert.deepEqual(statuses, ['signed-in', 'signed-out']);
});

test('another tab follows a login, a change of the profile and a logout', async () => {
  const [here, there] = linkedTabs();
  const [first, second] = [setUp({ tabs: here }), setUp({ tabs: there })];
  first.session.completeLogin(login);
  await settled();
  assert.equal(second.session.status, 'signed-in');
  second.api.profile = { ...ADA, display_name: 'Ada L.' };
  first.session.updateProfile({ display_name: 'Ada L.' });
  await settled();
  assert.equal(second.session.ownProfile.display_name, 'Ada L.');
  const ended = first.session.signOut();
  assert.equal(second.api.logouts, 1);
  await ended;
  assert.deepEqual([second.session.status, second.api.logouts], ['signed-out', 0]);
});

test('another tab goes on when a logout fails', async () => {
  const [here, there] = linkedTabs();
  const [first, second] = [setUp({ tabs: here }), setUp({ tabs: there })];
  first.session.completeLogin(login);
  await settled();
  first.api.fail['/auth/logout/'] = OFFLINE;
  await assert.rejects(first.session.signOut());
  assert.deepEqual([second.session.status, second.api.logouts], ['signed-in', 0]);
});

test('a listener is called until its signal fires', () => {
  const { session } = setUp();
  const seen = [];
  const controller = new AbortController();
  session.onChange((current, previous) => seen.push([previous.status, current.status]), controller.signal);
  session.onChange(() => assert.fail('has ended'), AbortSignal.abort());
  session.completeLogin(login);
  controller.abort();
  session.end();
  assert.deepEqual(seen, [['starting', 'signed-in']]);
});
