// @ts-check
// The user's friends and their presence, friend requests, blocks, and own status.

import { fetchAll, removeWhere, updateWhere, upsert } from './collections.js';
import { environment } from './environment.js';
import { createSignal } from './signal.js';

/**
 * @import { BlockedUser, ChosenStatus, Friend, FriendPresence, FriendRequest, NewFriend, OwnStatus, Presence } from '../api/types.js'
 * @import { Environment } from './environment.js'
 * @import { Loader } from './event-replay.js'
 * @import { Signal } from './signal.js'
 */
/** @typedef {'friends' | 'incoming' | 'outgoing' | 'blocks' | 'own'} FriendsPart */
/**
 * @typedef {{ relation: 'friend', friend: Friend }
 *   | { relation: 'incoming' | 'outgoing', request: FriendRequest }
 *   | { relation: 'blocked' | 'none' }} Relation
 */

const STATUS_ORDER = ['online', 'in_match', 'away', 'offline'];

export class FriendsStore {
  /** @type {Signal<Friend[]>} */
  friends = createSignal([]);
  /** @type {Signal<FriendRequest[]>} */
  incoming = createSignal([]);
  /** @type {Signal<FriendRequest[]>} */
  outgoing = createSignal([]);
  /** @type {Signal<BlockedUser[]>} */
  blocks = createSignal([]);
  /** @type {Signal<OwnStatus | null>} */
  ownStatus = createSignal(null);
  #api;
  /** @type {Record<FriendsPart, Loader>} */
  #loaders;
  /** The last known status by user id, also of people who are not known to be friends yet.
   * @type {Map<string, Presence>} */
  #statuses = new Map();

  /** @param {Pick<Environment, 'api' | 'events' | 'replay'>} environment */
  constructor({ api, events, replay }) {
    this.#api = api;
    this.#loaders = {
      friends: replay.loader(async () => this.friends.set((await fetchAll(api, '/friends/')).sort(byPresence))),
      incoming: replay.loader(async () =>
        this.incoming.set(await fetchAll(api, '/friends/requests/?direction=incoming')),
      ),
      outgoing: replay.loader(async () =>
        this.outgoing.set(await fetchAll(api, '/friends/requests/?direction=outgoing')),
      ),
      blocks: replay.loader(async () => this.blocks.set(await fetchAll(api, '/blocks/'))),
      own: replay.loader(async () => this.ownStatus.set((await api.get('/users/profile/status/')).data)),
    };
    this.#listenTo(events);
  }

  /**
   * Loads these parts once.
   * @param {FriendsPart[]} parts
   */
  ready(...parts) {
    return Promise.all(parts.map((part) => this.#loaders[part].ready()));
  }

  /** Reloads the parts that were loaded. */
  refresh() {
    for (const loader of Object.values(this.#loaders)) loader.refresh();
  }

  /** Clears the store at logout. */
  reset() {
    for (const loader of Object.values(this.#loaders)) loader.reset();
    this.friends.set([]);
    this.incoming.set([]);
    this.outgoing.set([]);
    this.blocks.set([]);
    this.ownStatus.set(null);
    this.#statuses.clear();
  }

  /**
   * The relation to a user.
   * @param {string} username
   * @returns {Relation}
   */
  relationTo(username) {
    const isMeant = (/** @type {{ user: { username: string } }} */ { user }) => user.username === username;
    const friend = this.friends.value.find((user) => user.username === username);
    const [received, sent] = [this.incoming.value.find(isMeant), this.outgoing.value.find(isMeant)];
    if (friend) return { relation: 'friend', friend };
    if (received) return { relation: 'incoming', request: received };
    if (sent) return { relation: 'outgoing', request: sent };
    return { relation: this.blocks.value.some(isMeant) ? 'blocked' : 'none' };
  }

  /**
   * Sends a friend request; true if that made you friends.
   * @param {string} username
   */
  async sendRequest(username) {
    const { data } = await this.#api.post('/friends/requests/', { username });
    if (data.outcome === 'requested') this.#addRequest(data.request);
    else this.#addFriend(data.friend);
    return data.outcome === 'friends';
  }

  /** @param {Pick<FriendRequest, 'id'>} request */
  async acceptRequest({ id }) {
    this.#addFriend((await this.#api.post(`/friends/requests/${id}/accept/`)).data);
  }

  /** @param {Pick<FriendRequest, 'id'>} request */
  async declineRequest({ id }) {
    await this.#api.post(`/friends/requests/${id}/decline/`);
    this.#removeRequest(id);
  }

  /** @param {Pick<FriendRequest, 'id'>} request */
  async cancelRequest({ id }) {
    await this.#api.remove(`/friends/requests/${id}/`);
    this.#removeRequest(id);
  }

  /** @param {string} username */
  async removeFriend(username) {
    await this.#api.remove(`/friends/${encodeURIComponent(username)}/`);
    this.friends.set(removeWhere(this.friends.value, (user) => user.username === username));
  }

  /** @param {string} username */
  async block(username) {
    this.#addBlock((await this.#api.post('/blocks/', { username })).data);
  }

  /** @param {string} username */
  async unblock(username) {
    await this.#api.remove(`/blocks/${encodeURIComponent(username)}/`);
    this.blocks.set(removeWhere(this.blocks.value, ({ user }) => user.username === username));
  }

  /**
   * Sets the user's own status.
   * @param {ChosenStatus} status
   */
  async setStatus(status) {
    this.ownStatus.set((await this.#api.put('/users/profile/status/', { status })).data);
  }

  /** @param {Environment['events']} events */
  #listenTo(events) {
    events.onReplayed('friends_status', ({ friends }) => this.#onPresenceSnapshot(friends));
    for (const name of /** @type {const} */ (['user_online', 'user_offline', 'user_status']))
      events.onReplayed(name, (presence) => this.#onPresence(presence));
    events.onReplayed('own_status', (status) => this.ownStatus.set(status));
    events.onReplayed('friend_request', (request) => this.#addRequest(request));
    events.onReplayed('friend_request_removed', ({ id }) => this.#removeRequest(id));
    events.onReplayed('new_friend', (friend) => this.#onNewFriend(friend));
    events.onReplayed('friend_removed', ({ user_id: id }) =>
      this.friends.set(removeWhere(this.friends.value, (friend) => friend.id === id)),
    );
    events.onReplayed('user_blocked', (block) => this.#addBlock(block));
    events.onReplayed('user_unblocked', ({ user_id: id }) =>
      this.blocks.set(removeWhere(this.blocks.value, ({ user }) => user.id === id)),
    );
  }

  /** @param {FriendRequest} request */
  #addRequest(request) {
    const list = request.direction === 'incoming' ? this.incoming : this.outgoing;
    list.set(upsert(list.value, request, ({ id }) => id === request.id));
  }

  /** @param {Friend} friend */
  #addFriend(friend) {
    const isSame = (/** @type {Friend} */ { id }) => id === friend.id;
    const known = this.friends.value.find(isSame);
    this.friends.set(upsert(this.friends.value, { ...known, ...friend }, isSame).toSorted(byPresence));
    for (const list of [this.incoming, this.outgoing])
      list.set(removeWhere(list.value, ({ user }) => user.id === friend.id));
  }

  /** @param {NewFriend} friend */
  #onNewFriend({ user, since }) {
    this.#addFriend({ ...user, since, ...presenceOf(this.#statuses.get(user.id) ?? 'offline') });
  }

  /** @param {string} id */
  #removeRequest(id) {
    for (const list of [this.incoming, this.outgoing])
      list.set(removeWhere(list.value, (request) => request.id === id));
  }

  /** @param {BlockedUser} block */
  #addBlock(block) {
    const { id } = block.user;
    this.blocks.set(upsert(this.blocks.value, block, ({ user }) => user.id === id));
    this.friends.set(removeWhere(this.friends.value, (friend) => friend.id === id));
  }

  /** @param {FriendPresence} presence */
  #onPresence({ user_id: id, status }) {
    this.#statuses.set(id, status);
    const isChanged = (/** @type {Friend} */ friend) => friend.id === id && friend.status !== status;
    if (this.friends.value.some(isChanged))
      this.friends.set(updateWhere(this.friends.value, isChanged, presenceOf(status)).toSorted(byPresence));
  }

  /** @param {FriendPresence[]} presences */
  #onPresenceSnapshot(presences) {
    this.#statuses = new Map(presences.map((presence) => [presence.user_id, presence.status]));
    const updated = this.friends.value.map((friend) => {
      const status = this.#statuses.get(friend.id) ?? 'offline';
      return status === friend.status ? friend : { ...friend, ...presenceOf(status) };
    });
    this.friends.set(updated.sort(byPresence));
  }
}

/** @param {Presence} status */
const presenceOf = (status) => ({ status, is_online: status !== 'offline' });

/**
 * @param {Friend} a
 * @param {Friend} b
 */
function byPresence(a, b) {
  return (
    STATUS_ORDER.indexOf(a.status) - STATUS_ORDER.indexOf(b.status) || a.display_name.localeCompare(b.display_name)
  );
}

export const friendsStore = new FriendsStore(environment);
