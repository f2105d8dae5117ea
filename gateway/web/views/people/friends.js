// @ts-check
// Friends: all of them, those who are online, requests and blocks, each behind a tab.

import { html } from '../../vendor/lit.js';
import { api } from '../../api/client.js';
import { fill, h, heading } from '../../elements/dom.js';
import { emptyState } from '../../elements/empty-state.js';
import { plural } from '../../elements/format.js';
import { tabList } from '../../elements/tabs.js';
import { replaceAddress } from '../../shell/router.js';
import { friendsStore } from '../../live/friends-store.js';
import { loadStyles } from '../../styles/load-styles.js';
import { addFriendForm, suggestionsSection } from './add-friend.js';
import { blockRow, friendRow, outgoingRow } from './friend-rows.js';
import { requestRow } from '../../elements/request-row.js';
import { liveList } from './live-list.js';

/**
 * @import { Friend, FriendRequest } from '../../api/types.js'
 * @import { ViewContext } from '../view-context.js'
 * @typedef {'all' | 'online' | 'requests' | 'blocked'} TabKey
 */

const MAX_SUGGESTIONS = 6;
/** @type {Record<TabKey, (signal: AbortSignal) => Node[]>} */
const PANELS = { all: allPanel, online: onlinePanel, requests: requestsPanel, blocked: blockedPanel };

/** @param {ViewContext} context */
export default async function view({ query, signal }) {
  const [{ data: suggestions }] = await Promise.all([
    api.get(`/friends/suggestions/?limit=${MAX_SUGGESTIONS}`, { signal }),
    friendsStore.ready('friends', 'incoming', 'outgoing', 'blocks'),
    loadStyles('/styles/people.css'),
  ]);
  return {
    title: 'Friends',
    content: html`${heading('Friends')}
      <section class="card" aria-label="Your friends">${friendTabs(query.get('show') ?? '', signal)}</section>
      <section class="card" aria-labelledby="add-friend">
        <h2 id="add-friend">Add a friend</h2>
        ${addFriendForm()}
        <p class="hint">Or <a href="/people">search for people</a> by name.</p>
      </section>
      ${suggestionsSection(suggestions)}`,
  };
}

/**
 * @param {string} initial
 * @param {AbortSignal} signal
 */
function friendTabs(initial, signal) {
  let current = /** @type {TabKey} */ (initial in PANELS ? initial : 'all');
  let panelController = new AbortController();
  const showTabs = () => tabs.update(tabsNow(), current);
  /** @param {string} key */
  const select = (key) => {
    current = /** @type {TabKey} */ (key);
    panelController.abort();
    panelController = new AbortController();
    fill(tabs.panel, PANELS[current](AbortSignal.any([signal, panelController.signal])));
    showTabs();
    if (!signal.aborted) replaceAddress(current === 'all' ? '/friends' : `/friends?show=${current}`);
  };
  const tabs = tabList('Your friends', select);
  fill(tabs.panel, PANELS[current](AbortSignal.any([signal, panelController.signal])));
  for (const list of [friendsStore.friends, friendsStore.incoming]) list.subscribe(showTabs, signal);
  return [tabs.element, tabs.panel];
}

const tabsNow = () => [
  { key: 'all', label: 'All' },
  { key: 'online', label: 'Online', count: onlineFriends(friendsStore.friends.value).length },
  { key: 'requests', label: 'Requests', count: friendsStore.incoming.value.length },
  { key: 'blocked', label: 'Blocked' },
];

/** @param {Friend[]} friends */
const onlineFriends = (friends) => friends.filter((friend) => friend.is_online);

/** @param {AbortSignal} signal */
function allPanel(signal) {
  const summary = h('p.hint', { role: 'status' });
  friendsStore.friends.subscribe((/** @type {Friend[]} */ friends) => {
    const online = onlineFriends(friends).length;
    fill(summary, friends.length ? `${plural(friends.length, 'friend')}, ${online} online.` : '');
  }, signal);
  const empty = emptyState('person-add', 'No friends yet. Add your first friend to chat and play together.', [
    h('a.button', { href: '/people' }, 'Find people'),
  ]);
  return [...incomingPart(signal), summary, liveList(friendsStore.friends, { empty, render: friendRow, signal })];
}

/**
 * The requests that wait for an answer.
 * @param {AbortSignal} signal
 */
function incomingPart(signal) {
  const parts = [h('h2', {}, 'Friend requests'), liveList(friendsStore.incoming, { render: requestRow, signal })];
  friendsStore.incoming.subscribe((/** @type {FriendRequest[]} */ requests) => {
    for (const part of parts) part.hidden = !requests.length;
  }, signal);
  return parts;
}

/** @param {AbortSignal} signal */
function onlinePanel(signal) {
  const empty = emptyState('friends', 'No friends are online right now.', [
    h('a.button', { href: '/play?game=pong&opponent=random' }, 'Find an opponent'),
  ]);
  return [liveList(friendsStore.friends, { empty, render: friendRow, signal, choose: onlineFriends })];
}

/** @param {AbortSignal} signal */
function requestsPanel(signal) {
  const none = emptyState('invite', 'No friend requests. Those you get and those you send appear here.');
  const sent = [h('h2', {}, 'Sent'), liveList(friendsStore.outgoing, { render: outgoingRow, signal })];
  const update = () => {
    const hasSent = friendsStore.outgoing.value.length > 0;
    for (const part of sent) part.hidden = !hasSent;
    none.hidden = hasSent || friendsStore.incoming.value.length > 0;
  };
  for (const list of [friendsStore.incoming, friendsStore.outgoing]) list.subscribe(update, signal);
  return [none, ...incomingPart(signal), ...sent];
}

/** @param {AbortSignal} signal */
function blockedPanel(signal) {
  const empty = emptyState('block', 'You have blocked nobody. People you block no longer see you, and you not them.');
  return [liveList(friendsStore.blocks, { empty, render: blockRow, signal })];
}
