// One's friends and how they can be found, requests in both directions, whom one has blocked, and
// how one is seen oneself.

import * as api from '../api.js';
import { all, change, hear, put, reader, without } from './lists.js';
import { state } from './state.js';

export const friends = state([]);
export const incoming = state([]);
export const outgoing = state([]);
export const blocks = state([]);
export const ownStatus = state(null);

/** How people were found last, also before it is known that they are friends. */
const places = new Map();
const ORDER = ['online', 'in_match', 'away', 'offline'];
const lists = {
  friends: reader(async () => friends.set((await all('/friends/')).sort(byPresence))),
  incoming: reader(async () => incoming.set(await all('/friends/requests/?direction=incoming'))),
  outgoing: reader(async () => outgoing.set(await all('/friends/requests/?direction=outgoing'))),
  blocks: reader(async () => blocks.set(await all('/blocks/'))),
  own: reader(async () => ownStatus.set((await api.get('/users/profile/status/')).data)),
};

/** Reads these parts unless they are there: `friends`, `incoming`, `outgoing`, `blocks`, `own`. */
export const ready = (...names) => Promise.all(names.map((name) => lists[name].ready()));

/** Reads everything again that was read before. */
export function again() {
  for (const list of Object.values(lists)) list.again();
}

/** Forgets everything, for whoever signs in next. */
export function forget() {
  for (const list of Object.values(lists)) list.forget();
  for (const one of [friends, incoming, outgoing, blocks]) one.set([]);
  ownStatus.set(null);
  places.clear();
}

/** How somebody stands to oneself: `friend`, `asked`, `asking`, `blocked` or `stranger`. */
export function standing(username) {
  const [request, asked] = [incoming, outgoing].map(({ value }) => value.find((one) => one.user.username === username));
  const friend = friends.value.find((one) => one.username === username);
  if (friend) return { is: 'friend', friend };
  if (request) return { is: 'asking', request };
  if (asked) return { is: 'asked', request: asked };
  if (blocks.value.some((one) => one.user.username === username)) return { is: 'blocked' };
  return { is: 'stranger' };
}

/** Asks somebody to be friends; says whether they are now. */
export async function request(username) {
  const { data } = await api.post('/friends/requests/', { username });
  if (data.outcome === 'requested') asks(data.request);
  else befriended(data.friend);
  return data.outcome === 'friends';
}

export async function accept(one) {
  befriended((await api.post(`/friends/requests/${one.id}/accept/`)).data);
}

export async function decline(one) {
  await api.post(`/friends/requests/${one.id}/decline/`);
  dropRequest(one.id);
}

export async function cancel(one) {
  await api.remove(`/friends/requests/${one.id}/`);
  dropRequest(one.id);
}

export async function unfriend(username) {
  await api.remove(`/friends/${encodeURIComponent(username)}/`);
  friends.set(without(friends.value, (one) => one.username === username));
}

export async function block(username) {
  blocked((await api.post('/blocks/', { username })).data);
}

export async function unblock(username) {
  await api.remove(`/blocks/${encodeURIComponent(username)}/`);
  blocks.set(without(blocks.value, (one) => one.user.username === username));
}

/** Chooses how one wants to be seen: `online`, `away` or `invisible`. */
export async function beSeen(status) {
  ownStatus.set((await api.put('/users/profile/status/', { status })).data);
}

function asks(one) {
  const list = one.direction === 'incoming' ? incoming : outgoing;
  list.set(put(list.value, one, (old) => old.id === one.id));
}

function befriended(friend) {
  const same = (old) => old.id === friend.id;
  const known = friends.value.find(same);
  friends.set(put(friends.value, { ...known, ...friend }, same).toSorted(byPresence));
  for (const list of [incoming, outgoing]) list.set(without(list.value, (one) => one.user.id === friend.id));
}

function dropRequest(id) {
  for (const list of [incoming, outgoing]) list.set(without(list.value, (one) => one.id === id));
}

function blocked(one) {
  const { id } = one.user;
  blocks.set(put(blocks.value, one, (old) => old.user.id === id));
  friends.set(without(friends.value, (friend) => friend.id === id));
}

function seen({ user_id: id, status }) {
  places.set(id, status);
  const next = change(friends.value, (one) => one.id === id && one.status !== status, foundAt(status));
  if (next !== friends.value) friends.set(next.sort(byPresence));
}

function allSeen({ friends: rows }) {
  places.clear();
  for (const row of rows) places.set(row.user_id, row.status);
  friends.set(friends.value.map((one) => {
    const status = places.get(one.id) ?? 'offline';
    return status === one.status ? one : { ...one, ...foundAt(status) };
  }).sort(byPresence));
}

const foundAt = (status) => ({ status, is_online: status !== 'offline' });

function byPresence(one, other) {
  return ORDER.indexOf(one.status) - ORDER.indexOf(other.status)
    || one.display_name.localeCompare(other.display_name);
}

hear('friends_status', allSeen);
for (const name of ['user_online', 'user_offline', 'user_status']) hear(name, seen);
hear('own_status', (own) => ownStatus.set(own));
hear('friend_request', asks);
hear('friend_request_removed', ({ id }) => dropRequest(id));
hear('new_friend', ({ user, since }) => befriended({ ...user, since, ...foundAt(places.get(user.id) ?? 'offline') }));
hear('friend_removed', ({ user_id: id }) => friends.set(without(friends.value, (one) => one.id === id)));
hear('user_blocked', blocked);
hear('user_unblocked', ({ user_id: id }) => blocks.set(without(blocks.value, (one) => one.user.id === id)));
