// Who is signed in here, in this tab and the others.

import * as api from './api.js';
import { keep, kept } from './storage.js';
import { apply } from './theme.js';

/** `starting`, then `in`, `out`, or `unknown` while the server cannot be asked. */
let state = { status: 'starting', profile: null };
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
    return state.status === 'in';
  },
};

/** Calls back with the new and the old state whenever either part changes. */
export function watch(listener) {
  listeners.add(listener);
}

/** Finds out at the start whether somebody is signed in: the cookie tells the server. */
export async function resume() {
  // Without this mark, visitors would be refused at each start for a cookie they never had.
  if (!kept('signed-in')) return become('out');
  return goOn();
}

async function goOn() {
  try {
    await api.renew();
    await reload();
  } catch (error) {
    if (error.status === 401 || error.status === 403) forget();
    else become('unknown');
  }
}

/** Takes the answer of a finished login. */
export function signedIn({ access, profile }) {
  api.useToken(access);
  become('in', profile);
  tell('in');
}

/** Signs out here. */
export async function signOut() {
  try {
    await api.post('/auth/logout/', {});
  } catch (error) {
    if (error.code !== 'auth.ambiguous_credentials') throw error;
    // The cookie is of a later login in another tab. Both sessions end, the own one last: with it
    // its sockets close, which would ask for another token.
    await api.post('/auth/logout/', {}, { carry: 'cookie' });
    await api.post('/auth/logout/', {}, { carry: 'token' });
  }
  ended();
}

/** Signs out wherever one is signed in. */
export async function signOutEverywhere() {
  await api.post('/auth/logout-all/', {});
  ended();
}

/** The session is over on the server already. */
export function ended() {
  forget();
  tell('out');
}

/** Reads one's profile again. */
export async function reload() {
  const { data } = await api.get('/users/profile/');
  become('in', data);
  return data;
}

/** Takes a profile that the server answered, or parts of it. */
export function changed(parts) {
  become('in', { ...state.profile, ...parts });
  tell('changed');
}

function forget() {
  api.useToken(null);
  become('out');
}

function become(status, profile = null) {
  const old = state;
  state = { status, profile };
  if (status === 'in') keep('signed-in', 'yes');
  if (status === 'out') keep('signed-in', null);
  if (profile) apply(profile.theme);
  for (const listener of listeners) listener(state, old);
}

function tell(news) {
  tabs?.postMessage(news);
}

async function hear({ data: news }) {
  if (news === 'out') return forget();
  // The mark may come later than these news: browsers carry the two apart.
  if (news === 'in') return goOn();
  if (state.status !== 'in') return undefined;
  // The next call will say what is wrong, if anything is.
  return reload().catch(() => {});
}

tabs?.addEventListener('message', hear);
api.whenLost(ended);
