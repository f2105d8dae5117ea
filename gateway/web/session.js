// Who is signed in, in this tab and in the others.

import { onAbort } from './abort.js';
import * as api from './api.js';
import { serverRestored } from './connection.js';
import { readSetting, writeSetting } from './storage.js';
import { applyTheme } from './theme.js';

/** `starting`, then `signed-in`, `signed-out`, or `unknown` while the server is unreachable. */
let state = { status: 'starting', profile: null };
/** Notes the end of a logout in another tab. */
let endForeignLogout = () => {};
/** Waits for the server while it is unreachable. */
let pendingRestore = null;
const listeners = new Set();
const tabs = 'BroadcastChannel' in window ? new BroadcastChannel('courtside') : null;

export const session = {
  get status() {
    return state.status;
  },
  get profile() {
    return state.profile;
  },
  get signedIn() {
    return state.status === 'signed-in';
  },
};

/** Calls back with the current and the previous state after each change, until the abort signal fires. */
export function onSessionChange(listener, signal = null) {
  listeners.add(listener);
  onAbort(signal, () => listeners.delete(listener));
}

/** Restores the session at startup from the refresh cookie. */
export async function restoreSession() {
  // Without this flag, every first visit would log a 401 for a cookie that was never set.
  if (!readSetting('signed-in')) return setState('signed-out');
  return refreshSession();
}

async function refreshSession() {
  try {
    await api.renewToken();
    await reloadProfile();
  } catch (error) {
    if (error.status === 401 || error.status === 403) clearSession();
    else waitForServer();
  }
}

/** Restores the session as soon as the server is reachable. */
function waitForServer() {
  setState('unknown');
  pendingRestore ??= serverRestored().then(() => {
    pendingRestore = null;
    return state.status === 'unknown' ? refreshSession() : undefined;
  });
}

/** Starts the session with the response of a completed login. */
export function completeLogin({ access, profile }) {
  api.setAccessToken(access);
  setState('signed-in', profile);
  notifyTabs('signed-in');
}

/** Logs out on this device. */
export async function signOut() {
  await endSessionBy(endOnServer);
}

/** Ends the session by a call. The sockets of no tab ask for a new token when the server closes them meanwhile. */
export async function endSessionBy(run) {
  const end = api.beginLogout();
  notifyTabs('logout-begun');
  try {
    await run();
    endSession();
  } catch (error) {
    notifyTabs('logout-failed');
    throw error;
  } finally {
    end();
  }
}

async function endOnServer() {
  try {
    await api.post('/auth/logout/', {});
  } catch (error) {
    if (error.code !== 'auth.ambiguous_credentials') throw error;
    // The cookie belongs to a later login in another tab. End both sessions, this tab's last: ending
    // it closes its sockets, which would ask for another token.
    await api.post('/auth/logout/', {}, { credential: 'cookie' });
    await api.post('/auth/logout/', {}, { credential: 'token' });
  }
}

/** Logs out on every device. */
export async function signOutEverywhere() {
  await endSessionBy(() => api.post('/auth/logout-all/', {}));
}

/** Ends the session in all tabs after it ended on the server. */
export function endSession() {
  clearSession();
  notifyTabs('signed-out');
}

/** Reloads the user's own profile. */
export async function reloadProfile() {
  const { data } = await api.get('/users/profile/');
  setState('signed-in', data);
  return data;
}

/** Merges a profile from a response, or parts of one, into the session. */
export function updateProfile(parts) {
  setState('signed-in', { ...state.profile, ...parts });
  notifyTabs('profile-changed');
}

function clearSession() {
  api.setAccessToken(null);
  setState('signed-out');
}

function setState(status, profile = null) {
  const previous = state;
  state = { status, profile };
  if (status === 'signed-in') writeSetting('signed-in', 'yes');
  if (status === 'signed-out') writeSetting('signed-in', null);
  if (profile) applyTheme(profile.theme);
  for (const listener of [...listeners]) listener(state, previous);
}

function notifyTabs(message) {
  tabs?.postMessage(message);
}

async function onTabMessage({ data: message }) {
  if (message === 'logout-begun') {
    endForeignLogout = api.beginLogout();
    return undefined;
  }
  if (message === 'signed-out') clearSession();
  if (['signed-out', 'logout-failed'].includes(message)) return endForeignLogout();
  // Storage may lag behind this message, so the flag is not checked here.
  if (message === 'signed-in') return refreshSession();
  if (state.status !== 'signed-in') return undefined;
  // The next request reports an error, if there is one.
  return reloadProfile().catch(() => {});
}

tabs?.addEventListener('message', onTabMessage);
api.onSessionLost(endSession);
