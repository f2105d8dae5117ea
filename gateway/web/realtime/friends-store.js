// The user's friends and their presence, friend requests, blocks, and own status.

import * as api from '../api.js';
import { createLoader, fetchAll, onEvent, removeWhere, updateWhere, upsert } from './collections.js';
import { createSignal } from './signal.js';

export const friends = createSignal([]);
export const incoming = createSignal([]);
export const outgoing = createSignal([]);
export const blocks = createSignal([]);
export const ownStatus = createSignal(null);

/** The last known status by user id, also of people who are not known to be friends yet. */
const statuses = new Map();
const STATUS_ORDER = ['online', 'in_match', 'away', 'offline'];
const loaders = {
  friends: createLoader(async () => friends.set((await fetchAll('/friends/')).sort(byPresence))),
  incoming: createLoader(async () => incoming.set(await fetchAll('/friends/requests/?direction=incoming'))),
  outgoing: createLoader(async () => outgoing.set(await fetchAll('/friends/requests/?direction=outgoing'))),
  blocks: createLoader(async () => blocks.set(await fetchAll('/blocks/'))),
  own: createLoader(async () => ownStatus.set((await api.get('/users/profile/status/')).data)),
};

/** Loads these parts once: `friends`, `incoming`, `outgoing`, `blocks`, `own`. */
export const ready = (...names) => Promise.all(names.map((name) => loaders[name].ready()));

/** Reloads the parts that were loaded. */
export function refresh() {
  for (const loader of Object.values(loaders)) loader.refresh();
}

/** Clears the store at logout. */
export function reset() {
  for (const loader of Object.values(loaders)) loader.reset();
  for (const list of [friends, incoming, outgoing, blocks]) list.set([]);
  ownStatus.set(null);
  statuses.clear();
}

/** The relation to a user: `friend`, `incoming` or `outgoing` (a request), `blocked` or `none`. */
export function relationTo(username) {
  const [received, sent] = [incoming, outgoing].map(({ value }) => value.find(({ user }) => user.username === username));
  const friend = friends.value.find((user) => user.username === username);
  if (friend) return { relation: 'friend', friend };
  if (received) return { relation: 'incoming', request: received };
  if (sent) return { relation: 'outgoing', request: sent };
  if (blocks.value.some(({ user }) => user.username === username)) return { relation: 'blocked' };
  return { relation: 'none' };
}

/** Sends a friend request; true if that made you friends. */
export async function sendRequest(username) {
  const { data } = await api.post('/friends/requests/', { username });
  if (data.outcome === 'requested') addRequest(data.request);
  else addFriend(data.friend);
  return data.outcome === 'friends';
}

export async function acceptRequest({ id }) {
  addFriend((await api.post(`/friends/requests/${id}/accept/`)).data);
}

export async function declineRequest({ id }) {
  await api.post(`/friends/requests/${id}/decline/`);
  removeRequest(id);
}

export async function cancelRequest({ id }) {
  await api.remove(`/friends/requests/${id}/`);
  removeRequest(id);
}

export async function removeFriend(username) {
  await api.remove(`/friends/${encodeURIComponent(username)}/`);
  friends.set(removeWhere(friends.value, (user) => user.username === username));
}

export async function block(username) {
  addBlock((await api.post('/blocks/', { username })).data);
}

export async function unblock(username) {
  await api.remove(`/blocks/${encodeURIComponent(username)}/`);
  blocks.set(removeWhere(blocks.value, ({ user }) => user.username === username));
}

/** Sets the user's own status: `online`, `away` or `invisible`. */
export async function setStatus(status) {
  ownStatus.set((await api.put('/users/profile/status/', { status })).data);
}

function addRequest(request) {
  const list = request.direction === 'incoming' ? incoming : outgoing;
  list.set(upsert(list.value, request, ({ id }) => id === request.id));
}

function addFriend(friend) {
  const isSame = ({ id }) => id === friend.id;
  const known = friends.value.find(isSame);
  friends.set(upsert(friends.value, { ...known, ...friend }, isSame).toSorted(byPresence));
  for (const list of [incoming, outgoing]) list.set(removeWhere(list.value, ({ user }) => user.id === friend.id));
}

function removeRequest(id) {
  for (const list of [incoming, outgoing]) list.set(removeWhere(list.value, (request) => request.id === id));
}

function addBlock(block) {
  const { id } = block.user;
  blocks.set(upsert(blocks.value, block, ({ user }) => user.id === id));
  friends.set(removeWhere(friends.value, (friend) => friend.id === id));
}

function onPresence({ user_id: id, status }) {
  statuses.set(id, status);
  const next = updateWhere(friends.value, (friend) => friend.id === id && friend.status !== status, presenceOf(status));
  if (next !== friends.value) friends.set(next.sort(byPresence));
}

function onPresenceSnapshot({ friends: rows }) {
  statuses.clear();
  for (const row of rows) statuses.set(row.user_id, row.status);
  friends.set(friends.value.map((friend) => {
    const status = statuses.get(friend.id) ?? 'offline';
    return status === friend.status ? friend : { ...friend, ...presenceOf(status) };
  }).sort(byPresence));
}

const presenceOf = (status) => ({ status, is_online: status !== 'offline' });

function byPresence(a, b) {
  return STATUS_ORDER.indexOf(a.status) - STATUS_ORDER.indexOf(b.status)
    || a.display_name.localeCompare(b.display_name);
}

onEvent('friends_status', onPresenceSnapshot);
for (const name of ['user_online', 'user_offline', 'user_status']) onEvent(name, onPresence);
onEvent('own_status', (status) => ownStatus.set(status));
onEvent('friend_request', addRequest);
onEvent('friend_request_removed', ({ id }) => removeRequest(id));
onEvent('new_friend', ({ user, since }) => addFriend({ ...user, since, ...presenceOf(statuses.get(user.id) ?? 'offline') }));
onEvent('friend_removed', ({ user_id: id }) => friends.set(removeWhere(friends.value, (friend) => friend.id === id)));
onEvent('user_blocked', addBlock);
onEvent('user_unblocked', ({ user_id: id }) => blocks.set(removeWhere(blocks.value, ({ user }) => user.id === id)));
